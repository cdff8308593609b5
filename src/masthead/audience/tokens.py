"""Random tokens and six-digit codes for mailed links. What is mailed is never stored, only its hash."""

from __future__ import annotations

import hmac
import secrets
from hashlib import blake2b, sha256

from django.conf import settings


def new_token() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def hash_token(token: str) -> str:
    """What is stored of a token. It is random enough that a plain SHA-256 cannot be turned back."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hash_code(code: str, fingerprint: bytes) -> str:
    """What is stored of a code: keyed, since a million codes are tried in a second, and bound to one address."""
    key = blake2b(settings.TOKEN_KEY, digest_size=32).digest()
    return blake2b(
        fingerprint + code.encode("utf-8", "surrogatepass"), digest_size=32, key=key, person=b"sign-in code"
    ).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(one.encode(), other.encode())
