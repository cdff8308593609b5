"""Our signatures, checked by dkimpy."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

import dkim as dkimpy
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from pytest_django import Settings

from masthead.mail import dkim
from masthead.mail.bulk import BulkTemplate
from tests.mail.test_bulk import PARTS, TOKEN


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest) -> tuple[bytes, bytes]:
    """A private key in PEM, and the DNS record of its public half."""
    made: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    if request.param == "rsa":
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = made.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    else:
        made = ed25519.Ed25519PrivateKey.generate()
        public = made.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    pem = made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem, b"v=DKIM1; k=%s; p=%s" % (request.param.encode(), b64encode(public))


def signed(pem: bytes, **slots: str) -> bytes:
    template = BulkTemplate(PARTS, dkim.Signer(domain="example.org", selector="s1", pem=pem))
    (mail,) = template.fill(
        names=["Jörg  Müller"],
        addresses=["anna@example.com"],
        dates=[1_767_776_400],
        message_tokens=[b"m" * 39],
        bounce_tokens=[b"b" * 39],
        tokens={"unsubscribe_url": [TOKEN.encode()]},
        texts={"f0": ["Anna"], **{mark: [value] for mark, value in slots.items()}},
    )
    return mail.raw


def verifies(raw: bytes, record: bytes) -> bool:
    if b"k=ed25519" in record:
        return _verifies_ed25519(raw, b64decode(record.partition(b"p=")[2]))
    return bool(dkimpy.verify(raw, dnsfunc=lambda name, timeout=5: record))


def _verifies_ed25519(raw: bytes, public: bytes) -> bool:
    """dkimpy's own canonical forms, but another library for the curve: dkimpy needs one we do not install."""
    headers, body = dkimpy.rfc822_parse(raw)
    relaxed = dkimpy.canonicalization.Relaxed
    tags = dkimpy.util.parse_tag_value(headers[0][1])
    if b64encode(sha256(relaxed.canonicalize_body(body)).digest()) != re.sub(rb"\s", b"", tags[b"bh"]):
        return False
    hashed = sha256()
    names = [name.strip() for name in tags[b"h"].split(b":")]
    dkimpy.hash_headers(hashed, relaxed, relaxed.canonicalize_headers(headers), names, headers[0], tags)
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(public)
        key.verify(b64decode(re.sub(rb"\s", b"", tags[b"b"])), hashed.digest())
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("name", ["Anna", "Jörg  Müller", " . ", ""])
def test_another_implementation_verifies_the_signature(key: tuple[bytes, bytes], name: str) -> None:
    assert verifies(signed(key[0], f0=name), key[1])


def test_the_signature_is_the_same_for_the_same_mail(key: tuple[bytes, bytes]) -> None:
    assert signed(key[0]) == signed(key[0])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click", b"List-Unsubscribe-Post: nothing"),
        (b"List-Unsubscribe: <https", b"List-Unsubscribe: <http"),
        (b"From: The Courier", b"From: Somebody <x@example.net>\r\nFrom: The Courier"),
        (b"boats", b"goats"),
    ],
)
def test_a_changed_mail_does_not_verify(key: tuple[bytes, bytes], old: bytes, new: bytes) -> None:
    raw = signed(key[0])
    assert old in raw
    assert not verifies(raw.replace(old, new), key[1])


def test_a_header_line_of_the_signature_is_short(key: tuple[bytes, bytes]) -> None:
    head = signed(key[0]).partition(b"\r\nFrom: ")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 100


def test_a_short_or_wrong_key_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(dkim.BadKeyError, match="MASTHEAD_DKIM_KEY_FILE"):
        dkim.Signer(domain="example.org", selector="s1", pem=b"no key")


def test_without_a_key_nothing_is_signed(settings: Settings) -> None:
    settings.DKIM_KEY_FILE = ""
    assert dkim.configured() is None


def test_a_key_without_its_selector_stops_the_compilation(settings: Settings, tmp_path: Path) -> None:
    settings.DKIM_KEY_FILE = str(tmp_path / "key.pem")
    settings.DKIM_DOMAIN = "example.org"
    settings.DKIM_SELECTOR = ""
    with pytest.raises(dkim.BadKeyError, match="SELECTOR"):
        dkim.configured()
    settings.DKIM_SELECTOR = "s1"
    with pytest.raises(dkim.BadKeyError, match="cannot be read"):
        dkim.configured()
