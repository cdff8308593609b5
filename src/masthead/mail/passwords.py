"""Encrypts the passwords of relays under the token key: who steals the database alone does not have them."""

from __future__ import annotations

import os
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12


class SealedUnderAnotherKeyError(Exception):
    """The password was sealed under another token key and must be typed again."""


def seal_password(password: str) -> bytes:
    """AES-256-GCM (NIST SP 800-38D) with a random nonce in front; nothing for an empty password."""
    if not password:
        return b""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, password.encode(), b"transport")


def open_password(sealed: bytes) -> str:
    """The password in `sealed`. Raises SealedUnderAnotherKeyError."""
    if not sealed:
        return ""
    try:
        return _cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], b"transport").decode()
    except (InvalidTag, ValueError) as error:
        raise SealedUnderAnotherKeyError(
            "The relay's password was stored under another token key. Enter it again, or bring the old token key back."
        ) from error


def _cipher() -> AESGCM:
    return AESGCM(blake2b(settings.TOKEN_KEY, digest_size=32, person=b"passwords").digest())
