"""Keyed fingerprints of addresses: what is kept of a reader who asked to be erased, so that no import revives them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings


def fingerprint(address_key: str) -> bytes:
    """16 bytes of keyed BLAKE2b (RFC 7693) over an address's `key`, or over a folded domain.

    Without the token key it can neither be tested nor turned back; who has the key can test an address.
    """
    return fingerprinter()(address_key)


def fingerprinter() -> Callable[[str], bytes]:
    """`fingerprint` with the key at hand: asking the settings for it takes longer than the hash, which an import needs a million
    times."""
    start = _keyed(settings.TOKEN_KEY).copy

    def mark(address_key: str) -> bytes:
        hasher = start()
        hasher.update(address_key.encode())
        return hasher.digest()

    return mark


@lru_cache(maxsize=4)
def _keyed(token_key: bytes) -> blake2b:
    """The hash before its text: an import makes a million copies of it."""
    key = blake2b(token_key, digest_size=32).digest()
    return blake2b(digest_size=16, key=key, person=b"address")
