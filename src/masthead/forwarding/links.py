"""The link by which the owner of an address stops forwarded issues. It holds the keyed hash of the address, so that nothing
has to be kept for it to work for ever (security rule S11).
"""

from __future__ import annotations

import hmac
from hashlib import blake2b

from django.conf import settings

_MARK, _SEAL = 16, 16


def token(friend: bytes) -> str:
    """64 hexadecimal digits for the fingerprint `friend`."""
    return (friend + _sealed(friend)).hex()


def friend_in(text: str) -> bytes | None:
    """The fingerprint in a token, or None when it is none of ours."""
    try:
        raw = bytes.fromhex(text) if text.isascii() and len(text) == 2 * (_MARK + _SEAL) else b""
    except ValueError:
        return None
    friend, seal = raw[:_MARK], raw[_MARK:]
    return friend if len(raw) == _MARK + _SEAL and hmac.compare_digest(seal, _sealed(friend)) else None


def _sealed(friend: bytes) -> bytes:
    key = blake2b(settings.TOKEN_KEY, digest_size=32).digest()
    return blake2b(friend, digest_size=_SEAL, key=key, person=b"forward-stop").digest()
