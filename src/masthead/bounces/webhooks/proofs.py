"""How a provider's post proves that it is the provider's (rule S22). All comparisons take constant time; nothing here stores."""

from __future__ import annotations

import binascii
import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5, sha1, sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.http.request import QueryDict

#: User name of the address where a provider signs nothing.
USER = "masthead"
#: Providers try again for a day or two, some with the first signature; what is older is a recording.
_OLDEST = timedelta(days=3)
#: Svix signs each attempt anew, and its own libraries take so much.
_OLDEST_SVIX = timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(minutes=10)


class Unproven(Exception):
    """The post is not proven to be the provider's; the text says why, and nothing of the post."""


@dataclass(frozen=True, slots=True)
class Post:
    """What was posted: headers by their names in small letters, the body as it came, and to which address, at what time."""

    body: bytes
    headers: Mapping[str, str]
    url: str
    at: datetime

    def header(self, name: str) -> str:
        """Raises Unproven when it is missing."""
        value = self.headers.get(name.lower(), "")
        if not value:
            raise Unproven(f"The header {name} is missing.")
        return value


def by_password(post: Post, secret: str) -> None:
    """HTTP basic authentication (RFC 7617) with USER and `secret`."""
    scheme, _blank, value = post.header("Authorization").partition(" ")
    if scheme.lower() != "basic":
        raise Unproven("User and password are missing.")
    _must_equal(_decoded(value), f"{USER}:{secret}".encode())


def by_hmac_of_body(header: str) -> Callable[[Post, str], None]:
    """A proof by the hexadecimal HMAC-SHA-256 of the body in `header`."""

    def prove(post: Post, secret: str) -> None:
        expected = hmac.new(secret.encode(), post.body, sha256).hexdigest()
        _must_equal(post.header(header).encode(), expected.encode())

    return prove


def by_mailgun(post: Post, secret: str) -> None:
    """HMAC-SHA-256 over time and token, all in the body; in JSON, or as a form in the older way."""
    if "json" in post.headers.get("content-type", ""):
        given = _json(post).get("signature")
        fields = given if isinstance(given, dict) else {}
    else:
        fields = dict(QueryDict(post.body).items())
    timestamp, token, signature = (str(fields.get(name, "")) for name in ("timestamp", "token", "signature"))
    _must_be_fresh(post, timestamp, _OLDEST)
    expected = hmac.new(secret.encode(), f"{timestamp}{token}".encode(), sha256).hexdigest()
    _must_equal(signature.encode(), expected.encode())


def by_mandrill(post: Post, secret: str) -> None:
    """HMAC-SHA-1 over the address and the sorted fields of the form."""
    fields = QueryDict(post.body).dict()
    signed = post.url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    expected = b64encode(hmac.new(secret.encode(), signed.encode(), sha1).digest())
    _must_equal(post.header("X-Mandrill-Signature").encode(), expected)


def by_svix(post: Post, secret: str) -> None:
    """The scheme of Standard Webhooks: HMAC-SHA-256 over id, time and body; several signatures while a secret is changed."""
    identity, timestamp, given = (post.header(f"svix-{name}") for name in ("id", "timestamp", "signature"))
    _must_be_fresh(post, timestamp, _OLDEST_SVIX)
    key = _decoded(secret.removeprefix("whsec_"))
    expected = b64encode(hmac.new(key, f"{identity}.{timestamp}.".encode() + post.body, sha256).digest())
    values = [value for version, _comma, value in (each.partition(",") for each in given.split()[:10]) if version == "v1"]
    if not any(hmac.compare_digest(value.encode(), expected) for value in values):
        raise Unproven("The signature is not the provider's.")


def by_sendgrid(post: Post, secret: str) -> None:
    """ECDSA with SHA-256 over time and body; `secret` is the public key that SendGrid shows."""
    timestamp = post.header("X-Twilio-Email-Event-Webhook-Timestamp")
    signature = _decoded(post.header("X-Twilio-Email-Event-Webhook-Signature"))
    _must_be_fresh(post, timestamp, _OLDEST)
    key = _public_key(secret)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Unproven("The key is of another kind.")
    try:
        key.verify(signature, timestamp.encode() + post.body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Unproven("The signature is not the provider's.") from error


def by_rsa_of_body(post: Post, secret: str) -> None:
    """RSA with SHA-1 over the body, as Postal signs; `secret` is its public key."""
    key = _public_key(secret)
    if not isinstance(key, rsa.RSAPublicKey):
        raise Unproven("The key is of another kind.")
    try:
        key.verify(_decoded(post.header("X-Postal-Signature")), post.body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    except InvalidSignature as error:
        raise Unproven("The signature is not the provider's.") from error


def by_unisender(post: Post, secret: str) -> None:
    """MD5 over the body with the API key in place of the digest: Unisender's own invention."""
    given = _json(post).get("auth")
    if not isinstance(given, str) or not re.fullmatch(r"[0-9a-f]{32}", given):
        raise Unproven("The signature is missing.")
    expected = md5(post.body.replace(given.encode(), secret.encode())).hexdigest()  # noqa: S324  the provider's choice
    _must_equal(given.encode(), expected.encode())


def _must_equal(given: bytes, expected: bytes) -> None:
    if not hmac.compare_digest(given, expected):
        raise Unproven("The signature is not the provider's.")


def _must_be_fresh(post: Post, timestamp: str, oldest: timedelta) -> None:
    """`timestamp`: seconds since 1970."""
    if not re.fullmatch(r"\d{1,11}(\.\d{1,9})?", timestamp):
        raise Unproven("The time is missing.")
    age = post.at.timestamp() - float(timestamp)
    if not -_CLOCKS_DIFFER.total_seconds() <= age <= oldest.total_seconds():
        raise Unproven("It was signed too long ago, or the clocks of the two servers differ.")


def _json(post: Post) -> dict[str, object]:
    try:
        found = json.loads(post.body)
    except (ValueError, RecursionError) as error:
        raise Unproven("The body is no JSON.") from error
    return found if isinstance(found, dict) else {}


def _decoded(value: str) -> bytes:
    try:
        return b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unproven("The signature is malformed.") from error


def _public_key(text: str) -> object:
    try:
        return serialization.load_der_public_key(_decoded(text))
    except ValueError as error:
        raise Unproven("The key that was entered is none.") from error
