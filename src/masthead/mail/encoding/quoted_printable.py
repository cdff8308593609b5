"""Quoted-printable (RFC 2045 §6.7), with each slot on lines of its own between soft line breaks.

So a filled slot never moves the constant text, which is encoded only once. Two further habits, both for signatures: no line
begins with a dot or "From ", which careless relays change; and no two blanks follow one another, so that the body is its own
canonical form for DKIM (RFC 6376 §3.4.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from masthead.mail.encoding.slots import BadMail, Batch, framed, one_line

_SOFT_BREAK = b"=\r\n"
_WIDTH = 75  # and the = of a soft break
_HEX = [f"={byte:02X}" for byte in range(256)]
_SAFE = {byte: chr(byte) for byte in [*range(33, 61), *range(62, 127)]}
_EASY_PATTERN = r"(?!From |\.)[!-<>-~]++(?: [!-<>-~]++)*+ ?"
_EASY = re.compile(_EASY_PATTERN, re.ASCII)
_ALL_EASY = re.compile(rf"(?:{_EASY_PATTERN}\0)+", re.ASCII)
# What a short value is once its bytes outside _SAFE are written in hexadecimal: a line as it stands.
_EASY_ENCODED = re.compile(rb"(?!From |\.)[!-~]+(?: [!-~]+)* ?", re.ASCII)
_UNSAFE = re.compile(rb"[^ -<>-~]+")


class QuotedPrintablePart:
    """A body in quoted-printable, ready to be filled. `before_token` as in `encoding.parts`."""

    name = b"quoted-printable"

    def __init__(self, constants: list[str], marks: list[str], before_token: Mapping[str, str]) -> None:
        last = len(constants) - 1
        self.constants = [_constant(constant, closed=number == last) for number, constant in enumerate(constants)]
        self._in_text = marks
        self._marks = sorted(set(marks))
        self._slots = [_Slot(mark, before_token.get(mark, "")) for mark in self._marks]

    @property
    def size(self) -> int:
        """Bytes of the constant text."""
        return sum(map(len, self.constants))

    @property
    def own(self) -> int:
        """How many pieces of a mail `fill` makes."""
        return len(self._marks)

    def pieces(self, first: int) -> list[bytes | int]:
        """The body in its order, with numbers for what `fill` makes, from `first` on."""
        found: list[bytes | int] = [self.constants[0]]
        for mark, constant in zip(self._in_text, self.constants[1:], strict=True):
            found += (first + self._marks.index(mark), constant)
        return found

    def fill(self, batch: Batch) -> tuple[list[list[bytes]], list[list[bytes]]]:
        """See `encoding.parts`. Raises BadMail, KeyError."""
        own = [batch.quoted.get(slot.key) or slot.fill(batch) for slot in self._slots]
        return own, own


class _Slot:
    """A slot in some mails, on lines of its own; `before` stands there before the token."""

    def __init__(self, mark: str, before: str) -> None:
        self.key = (mark, before)
        self._mark = mark
        self._before = before
        self._ready = before.encode()
        self._most = _WIDTH - len(before) if _EASY.fullmatch(before + "a") else 0

    def fill(self, batch: Batch) -> list[bytes]:
        """The lines for each mail, which `batch` keeps."""
        tokens = batch.tokens.get(self._mark)
        lines = self._texts(batch.texts[self._mark]) if tokens is None else self._tokens(tokens)
        batch.quoted[self.key] = lines
        return lines

    def _tokens(self, tokens: Sequence[bytes]) -> list[bytes]:
        if max(map(len, tokens)) <= self._most:
            return framed(self._ready, tokens, _SOFT_BREAK)
        return [_slot(self._before + token.decode("ascii")) for token in tokens]

    def _texts(self, values: Sequence[str]) -> list[bytes]:
        joined = "\0".join([*values, ""])
        if max(map(len, values)) <= _WIDTH and joined.count("\0") == len(values) and _ALL_EASY.fullmatch(joined):
            return joined.encode("ascii").replace(b"\0", _SOFT_BREAK).splitlines(keepends=True)
        try:
            return list(map(_slot, values))
        except BadMail:
            for value in values:
                one_line(value, f"The value of {self._mark}")  # says whose it is
            raise


@lru_cache(maxsize=1024)  # masked addresses, towns and languages come again and again
def _slot(value: str) -> bytes:
    if not value:
        return b""
    if _EASY.fullmatch(value):
        if len(value) <= _WIDTH:
            return value.encode("ascii") + _SOFT_BREAK
        lines = [value[start : start + _WIDTH] for start in range(0, len(value), _WIDTH)]
        if " " not in value and not any(line.startswith(".") for line in lines):  # a long address
            return "".join(f"{line}=\r\n" for line in lines).encode("ascii")
    encoded = _UNSAFE.sub(_in_hex, one_line(value, "").encode())
    if len(encoded) <= _WIDTH and _EASY_ENCODED.fullmatch(encoded):
        return encoded + _SOFT_BREAK
    return _constant(value, closed=False)


def _in_hex(found: re.Match[bytes]) -> bytes:
    return "".join([_HEX[byte] for byte in found[0]]).encode("ascii")


def _constant(text: str, *, closed: bool) -> bytes:
    """`text` encoded from the start of a line; if it is not `closed`, it ends at the start of a line, too."""
    lines = text.split("\r\n")
    out = [encoded for line in lines[:-1] for encoded in (_lines(line.encode(), hard_end=True), "\r\n")]
    if lines[-1]:
        out.append(_lines(lines[-1].encode(), hard_end=closed))
        if not closed:
            out.append("=\r\n")
    return "".join(out).encode("ascii")


def _lines(line: bytes, *, hard_end: bool) -> str:
    """One line of text as lines of at most 76 characters. `hard_end`: a line break follows, so a last blank is encoded."""
    out: list[str] = []
    width = 0
    last = len(line) - 1
    before = -1
    for place, byte in enumerate(line):
        written = _SAFE.get(byte) or _HEX[byte]
        if byte == 32 and before != 32 and width and not (place == last and hard_end):
            written = " "
        if width + len(written) > _WIDTH:
            out.append("=\r\n")
            width = 0
            written = _HEX[byte] if byte == 32 else written
        if width == 0 and (byte == 46 or line.startswith(b"From ", place)):
            written = _HEX[byte]
        out.append(written)
        width += len(written)
        before = byte
    return "".join(out)
