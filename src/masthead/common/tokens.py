"""Short tokens for links and envelope addresses: signed for one purpose, without an address or a readable number in them.

A token is 21 bytes in lower-case base32 (34 letters and digits, so that it survives systems that change case): a 128-bit keyed
BLAKE2b (RFC 7693) over purpose and number, then the number in 40 bits, masked by a second keyed hash of the first. It is as
short as that because List-Unsubscribe should hold it in an address of 70 characters.
"""

from __future__ import annotations

import hmac
from base64 import b32decode, b32encode
from hashlib import blake2b

_MAC_BYTES = 16
_NUMBER_BYTES = 5
_LENGTH = 34


class Sealer:
    """Seals whole numbers for one purpose (at most 16 ASCII letters) under one key, and opens them again."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._key = blake2b(key, digest_size=32).digest()
        self._person = purpose.encode("ascii")
        if len(self._person) > 16:
            raise ValueError("a purpose has at most 16 letters")

    def seal(self, number: int) -> str:
        """The token for `number` (0 to 2**40 - 1)."""
        plain = number.to_bytes(_NUMBER_BYTES, "big")
        mac = blake2b(plain, digest_size=_MAC_BYTES, key=self._key, person=self._person).digest()
        masked = int.from_bytes(plain, "big") ^ int.from_bytes(self._mask(mac), "big")
        return b32encode(mac + masked.to_bytes(_NUMBER_BYTES, "big")).decode("ascii").rstrip("=").lower()

    def unseal(self, token: str) -> int | None:
        """The number in `token`, or None when it was not sealed for this purpose under this key."""
        if len(token) != _LENGTH or not token.isascii():
            return None
        try:
            raw = b32decode(token.upper() + "======")
        except ValueError:
            return None
        mac, masked = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        number = int.from_bytes(masked, "big") ^ int.from_bytes(self._mask(mac), "big")
        plain = number.to_bytes(_NUMBER_BYTES, "big")
        expected = blake2b(plain, digest_size=_MAC_BYTES, key=self._key, person=self._person).digest()
        return number if hmac.compare_digest(mac, expected) else None

    def _mask(self, mac: bytes) -> bytes:
        return blake2b(mac, digest_size=_NUMBER_BYTES, key=self._key, person=b"mask").digest()
