"""Base64 (RFC 2045 §6.8) that is encoded once although slots move what follows them.

Base64 works on groups of three bytes. A slot's value takes up to two bytes from the text before it and as many from the text
after it as complete its last group; the rest of that text stands ready encoded for each of the three offsets at which it
can begin. Lines may have any length up to 76, so nothing has to be wrapped again.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping, Sequence

from masthead.mail.encoding.slots import Batch, framed, one_line

_LINE_BYTES = 57


class Base64Part:
    """A body in base64, ready to be filled. `before_token` as in `encoding.parts`."""

    name = b"base64"

    def __init__(self, constants: list[str], marks: list[str], before_token: Mapping[str, str]) -> None:
        self.constants = [constant.encode() for constant in constants]
        self._first, self._carried = _whole_groups(self.constants[0])
        self._slots = [(mark, before_token.get(mark, "")) for mark in marks]
        self._behind = [_Constant(constant) for constant in self.constants[1:]]

    @property
    def size(self) -> int:
        """Bytes of the constant text."""
        return len(self._first) + sum(constant.size for constant in self._behind)

    @property
    def own(self) -> int:
        """How many pieces of a mail `fill` makes."""
        return 2 * len(self._slots) + 1

    def pieces(self, first: int) -> list[bytes | int]:
        """The body in its order, with numbers for what `fill` makes, from `first` on."""
        return [self._first, *range(first, first + self.own)]

    def fill(self, batch: Batch) -> tuple[list[list[bytes]], list[list[bytes]]]:
        """See `encoding.parts`. Raises BadMail, KeyError."""
        columns = [_tokens_or_texts(batch, mark, start) for mark, start in self._slots]
        rows = zip(*columns, strict=True) if columns else [()] * batch.count
        bodies, said = zip(*map(self._filled, rows), strict=True)
        # All mails have some pieces of their own, or none has.
        return list(map(list, zip(*bodies, strict=True))), [list(map(b"\0".join, said))] if said[0] else []

    def _filled(self, values: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
        """For each slot its value and the constant behind it, at last what is left over; and what in it is this mail's own.

        Put together they are with all of the mail: to copy the long constants once more would take as long as all the rest.
        """
        carried = self._carried
        pieces, said = list[bytes](), list[bytes]()
        for constant, value in zip(self._behind, values, strict=True):
            carried += value
            divided = constant.divided[len(carried) % 3]
            if divided is None:
                carried += constant.text  # too short to complete a group: it goes along with the next slot
                pieces += (b"", b"")
                continue
            completing, ready, left = divided
            own = _encoded(carried + completing)
            said.append(own)
            pieces += (own, ready)
            carried = left
        if carried:
            said.append(_encoded(carried))
        pieces.append(said[-1] if carried else b"")
        return pieces, said


def _tokens_or_texts(batch: Batch, mark: str, start: str) -> list[bytes]:
    if mark in batch.tokens:
        return framed(start.encode(), batch.tokens[mark], b"")
    return [one_line(value, mark).encode() for value in batch.texts[mark]]


class _Constant:
    """Constant text behind a slot.

    `divided`, by how many bytes stand in the last group before it: the bytes that complete that group, the whole groups behind
    them, encoded, and the bytes left over; None if it is too short to complete the group.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.divided = [
            (text[:missing], *_whole_groups(text[missing:])) if missing <= len(text) else None for missing in (0, 2, 1)
        ]
        self.size = len(_whole_groups(text)[0])


def _whole_groups(text: bytes) -> tuple[bytes, bytes]:
    end = len(text) - len(text) % 3
    return _encoded(text[:end]), text[end:]


def _encoded(data: bytes) -> bytes:
    if len(data) <= _LINE_BYTES:
        return b2a_base64(data, newline=False) + b"\r\n" if data else b""
    return b"".join(
        b2a_base64(data[start : start + _LINE_BYTES], newline=False) + b"\r\n" for start in range(0, len(data), _LINE_BYTES)
    )
