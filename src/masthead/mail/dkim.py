"""Signs mails with DKIM (RFC 6376, RFC 8463), relaxed/relaxed, RSA-2048 or Ed25519."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from django.conf import settings

#: From stands twice, so that none can be added without breaking the signature (RFC 6376 §8.15).
_SIGNED = (
    b"from from to subject date message-id mime-version content-type reply-to "
    b"list-unsubscribe list-unsubscribe-post list-id feedback-id"
).split()
_BLANKS = re.compile(rb"[ \t]+")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_TRAILING = re.compile(rb"[ \t]+(?=\r\n)")
_LEAST_BITS = 1024


class BadKeyError(Exception):
    """The signing key cannot be used; the text says why and which setting names it."""


class Signer:
    """Signs for one domain and selector."""

    def __init__(self, *, domain: str, selector: str, pem: bytes) -> None:
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise BadKeyError(f"MASTHEAD_DKIM_KEY_FILE holds no private key in PEM without a passphrase: {error}.") from error
        if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
            raise BadKeyError("MASTHEAD_DKIM_KEY_FILE must hold an RSA or Ed25519 key.")
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _LEAST_BITS:
            raise BadKeyError(f"MASTHEAD_DKIM_KEY_FILE holds a key of {key.key_size} bits; receivers want 2048.")
        self._key = key
        algorithm = b"rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else b"ed25519-sha256"
        self._start = b"v=1; a=%s; c=relaxed/relaxed; d=%s; s=%s;\r\n t=" % (algorithm, domain.encode(), selector.encode())

    def sign(self, head: bytes, body: bytes, date: int) -> bytes:
        """The DKIM-Signature header for `head` and `body` as they are sent (CRLF lines), CRLF included.

        `date` becomes t=, so that a repeated mail has the same bytes (Ed25519 and PKCS #1 v1.5 are deterministic).
        """
        fields = _fields(head)
        # The second "from" has no field to sign: that absence is what is signed.
        names = [name for name in _SIGNED if name in fields]
        body_hash = b64encode(sha256(relaxed_body(body)).digest())
        value = b"%s%d; h=%s;\r\n bh=%s;\r\n b=" % (self._start, date, _folded_names(names), body_hash)
        signed = [fields[name] for name in dict.fromkeys(names)]
        data = b"".join(signed) + _relaxed_field(b"DKIM-Signature: " + value)
        signature = b64encode(self._signature(data))
        lines = [signature[start : start + 72] for start in range(0, len(signature), 72)]
        return b"DKIM-Signature: " + value + b"\r\n ".join(lines) + b"\r\n"

    @property
    def public_key(self) -> tuple[str, str]:
        """(k=, p=) of the record that belongs to the key (RFC 6376 §3.6.1, RFC 8463 §4)."""
        key = self._key.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            whole = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            return "rsa", b64encode(whole).decode()
        raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return "ed25519", b64encode(raw).decode()

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(sha256(data).digest())  # RFC 8463 §3: Ed25519 signs the hash


def configured() -> Signer | None:
    """The signer of the settings, or None when mails leave unsigned (the relay may sign). Raises BadKeyError."""
    if not settings.DKIM_KEY_FILE:
        return None
    return _load(settings.DKIM_KEY_FILE, settings.DKIM_DOMAIN, settings.DKIM_SELECTOR)


@lru_cache(maxsize=4)
def _load(path: str, domain: str, selector: str) -> Signer:
    if not domain or not selector:
        raise BadKeyError("MASTHEAD_DKIM_KEY_FILE is set; MASTHEAD_DKIM_DOMAIN and MASTHEAD_DKIM_SELECTOR must be set, too.")
    try:
        pem = Path(path).read_bytes()
    except OSError as error:
        raise BadKeyError(f"MASTHEAD_DKIM_KEY_FILE is {path!r}, which cannot be read: {error.strerror}.") from error
    return Signer(domain=domain, selector=selector, pem=pem)


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 §3.4.4. Our own encodings have no runs of blanks, so that usually nothing has to be changed."""
    if b"  " in body or b"\t" in body or b" \r\n" in body:
        body = _TRAILING.sub(b"", _BLANKS.sub(b" ", body))
    stripped = body.rstrip(b"\r\n")
    return stripped + b"\r\n" if stripped else b""


def _fields(head: bytes) -> dict[bytes, bytes]:
    """Each header field in its relaxed form, by lower-case name. We write no field twice."""
    fields = {}
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        if line:
            name = line.partition(b":")[0].strip().lower()
            fields[name] = _relaxed_field(line) + b"\r\n"
    return fields


def _relaxed_field(line: bytes) -> bytes:
    """RFC 6376 §3.4.2, without the CRLF."""
    name, _, value = line.partition(b":")
    return name.strip().lower() + b":" + _BLANKS.sub(b" ", _FOLD.sub(b"", value)).strip()


def _folded_names(names: list[bytes]) -> bytes:
    return b":".join(names[:6]) + b":\r\n " + b":".join(names[6:]) if len(names) > 6 else b":".join(names)
