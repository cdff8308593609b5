"""Short tokens for links and envelope addresses: signed for one purpose, without an address or a readable number in them.

A token is 34 letters and digits of lower-case base32 (RFC 4648, so that it survives systems that change case): 26 of a keyed
BLAKE2b (RFC 7693) over purpose and number, 130 bits, then 8 of the number, masked by a second keyed hash of the first. It is
as short as that because List-Unsubscribe should hold it in an address of 70 characters. A mail has five of them, so a letter
of the hash is simply five bits of one of its bytes: `translate` makes all at once, where `b32encode` took most of the time.
`seal_all` makes those of many mails together, and takes hardly longer than the hashing alone.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from operator import add
from struct import unpack

_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567"
_OF_BYTE = bytes(_LETTERS[byte % 32] for byte in range(256))
_VALUE = {chr(letter): value for value, letter in enumerate(_LETTERS)}
_MAC_LETTERS = 26
_NUMBER_LETTERS = 8
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
        self.begun = blake2b(digest_size=_MAC_LETTERS, key=derived, person=person)
        self.begun_mask = blake2b(digest_size=_NUMBER_BYTES, key=derived, person=b"mask")

    def seal(self, number: int) -> str:
        """The token for `number` (0 to 2**40 - 1)."""
        return seal_all([self], [number])[0][0].decode("ascii")

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
        hashed = self.begun.copy()
        hashed.update(number.to_bytes(_NUMBER_BYTES, "big"))
        return hashed.digest().translate(_OF_BYTE)

    def _mask(self, mac: bytes) -> int:
        hashed = self.begun_mask.copy()
        hashed.update(mac)
        return int.from_bytes(hashed.digest(), "big")


def seal_all(sealers: Sequence[Sealer], numbers: Sequence[int]) -> list[list[bytes]]:
    """For each of `sealers` the tokens of `numbers`, which are 0 to 2**40 - 1."""
    written = [number.to_bytes(_NUMBER_BYTES) for number in numbers]
    # Sealer._mac and Sealer._mask, whose calls would cost as much as the hashing.
    hashes = []
    for sealer in sealers:
        begin = sealer.begun.copy
        for number in written:
            hashed = begin()
            hashed.update(number)
            hashes.append(hashed.digest())
    macs = unpack(f"{_MAC_LETTERS}s" * len(hashes), b"".join(hashes).translate(_OF_BYTE))
    masks = []
    count = len(written)
    for place, sealer in enumerate(sealers):
        begin = sealer.begun_mask.copy
        for mac in macs[place * count : (place + 1) * count]:
            hashed = begin()
            hashed.update(mac)
            masks.append(hashed.digest())
    tokens = list(map(add, macs, _masked(written * len(sealers), masks)))
    return [tokens[place * count : (place + 1) * count] for place in range(len(sealers))]


def _masked(numbers: Sequence[bytes], masks: Sequence[bytes]) -> tuple[bytes, ...]:
    """The letters of `numbers` under `masks`: all at once in one whole number, in which each has 64 bits."""
    gap = bytes(_NUMBER_LETTERS - _NUMBER_BYTES)
    fives = int.from_bytes(gap.join(numbers)) ^ int.from_bytes(gap.join(masks))
    for shift, upper, lower in _spreading(len(numbers)):
        fives = (fives & upper) << shift | fives & lower
    letters = fives.to_bytes(len(numbers) * _NUMBER_LETTERS).translate(_OF_BYTE)
    return unpack(f"{_NUMBER_LETTERS}s" * len(numbers), letters)


@lru_cache(maxsize=64)
def _spreading(count: int) -> list[tuple[int, int, int]]:
    """The steps that spread 40 bits over 8 bytes, in each of `count` numbers: halves move apart, their halves, and theirs."""
    steps = []
    for bits, step in ((40, 64), (20, 32), (10, 16)):
        low = sum((1 << bits // 2) - 1 << place for place in range(0, 64, step))
        lower = int.from_bytes(low.to_bytes(_NUMBER_LETTERS) * count)
        steps.append((step // 2 - bits // 2, lower << bits // 2, lower))
    return steps
