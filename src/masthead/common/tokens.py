"""Short tokens for links and envelope addresses: signed for one purpose, without an address or a readable number in them.

A token is 34 letters and digits of lower-case base32 (RFC 4648, so that it survives systems that change case): 26 of a keyed
BLAKE2b (RFC 7693) over purpose and number, 130 bits, then 8 of the number, masked by a second keyed hash of the first. It is
as short as that because List-Unsubscribe should hold it in an address of 70 characters. A mail has five of them, so a letter
of the hash is simply five bits of one of its bytes: `translate` makes all at once, where `b32encode` took most of the time.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from hashlib import blake2b

_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567"
_OF_BYTE = bytes(_LETTERS[byte % 32] for byte in range(256))
_PAIRS = [bytes((first, second)).decode("ascii") for first in _LETTERS for second in _LETTERS]
_VALUE = {chr(letter): value for value, letter in enumerate(_LETTERS)}
_MAC_LETTERS = 26
_NUMBER_BYTES = 5
_TOKEN = re.compile(r"[a-z2-7]{34}", re.ASCII)


class Sealer:
    """Seals whole numbers for one purpose (at most 16 ASCII letters) under one key, and opens them again."""

    def __init__(self, key: bytes, purpose: str) -> None:
        person = purpose.encode("ascii")
        if len(person) > 16:
            raise ValueError("a purpose has at most 16 letters")
        derived = blake2b(key, digest_size=32).digest()
        # Begun once and copied for each token: setting up a key costs as much as hashing with it.
        self._begun = blake2b(digest_size=_MAC_LETTERS, key=derived, person=person)
        self._begun_mask = blake2b(digest_size=_NUMBER_BYTES, key=derived, person=b"mask")

    def seal(self, number: int) -> str:
        """The token for `number` (0 to 2**40 - 1)."""
        return self.seal_all([number])[0]

    def seal_all(self, numbers: Iterable[int]) -> list[str]:
        """The token for each of `numbers`."""
        # `_mac` and `_mask` once more: for five tokens a mail their calls cost as much as the hashing.
        begin, begin_mask, of_byte, pairs, number_of = self._begun.copy, self._begun_mask.copy, _OF_BYTE, _PAIRS, int.from_bytes
        tokens = []
        for number in numbers:
            hashed = begin()
            hashed.update(number.to_bytes(_NUMBER_BYTES))
            mac = hashed.digest().translate(of_byte)
            hashed = begin_mask()
            hashed.update(mac)
            masked = number ^ number_of(hashed.digest())
            tokens.append(
                mac.decode("ascii")
                + (pairs[masked >> 30] + pairs[masked >> 20 & 1023] + pairs[masked >> 10 & 1023] + pairs[masked & 1023])
            )
        return tokens

    def unseal(self, token: str) -> int | None:
        """The number in `token`, or None when it was not sealed for this purpose under this key."""
        token = token.lower()
        if not _TOKEN.fullmatch(token):
            return None
        mac = token[:_MAC_LETTERS].encode("ascii")
        masked = 0
        for letter in token[_MAC_LETTERS:]:
            masked = masked << 5 | _VALUE[letter]
        number = masked ^ self._mask(mac)
        return number if hmac.compare_digest(mac, self._mac(number)) else None

    def _mac(self, number: int) -> bytes:
        hashed = self._begun.copy()
        hashed.update(number.to_bytes(_NUMBER_BYTES, "big"))
        return hashed.digest().translate(_OF_BYTE)

    def _mask(self, mac: bytes) -> int:
        hashed = self._begun_mask.copy()
        hashed.update(mac)
        return int.from_bytes(hashed.digest(), "big")
