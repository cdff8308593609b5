"""Keyed fingerprints of addresses: what is kept of a reader who asked to be erased, so that no import revives them."""

from __future__ import annotations

from hashlib import blake2b

from django.conf import settings


def fingerprint(address_key: str) -> bytes:
    """16 bytes of keyed BLAKE2b (RFC 7693) over an address's `key`, or over a folded domain.

    Without the token key it can neither be tested nor turned back; who has the key can test an address.
    """
    key = blake2b(settings.TOKEN_KEY, digest_size=32).digest()
    return blake2b(address_key.encode(), digest_size=16, key=key, person=b"address").digest()
