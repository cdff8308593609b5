"""Quoted-printable (RFC 2045 §6.7), with each slot on lines of its own between soft line breaks.

So a filled slot never moves the constant text, which is encoded only once. Two further habits, both for signatures: no line
begins with a dot or "From ", which careless relays change; and no two blanks follow one another, so that the body is its own
canonical form for DKIM (RFC 6376 §3.4.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from masthead.mail.encoding.slots import BadMail, Columns, TokenColumns, one_line

_SOFT_BREAK = b"=\r\n"
_WIDTH = 75  # and the = of a soft break
_HEX = [f"={byte:02X}" for byte in range(256)]
_SAFE = {byte: chr(byte) for byte in [*range(33, 61), *range(62, 127)]}
_EASY = re.compile(r"(?!From |\.)[!-<>-~]+(?: [!-<>-~]+)* ?", re.ASCII)
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
        self._slots = [_prepared(mark, before_token.get(mark)) for mark in self._marks]

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

    def fill(self, values: Columns, tokens: TokenColumns) -> tuple[list[list[bytes]], list[list[bytes]]]:
        """See `encoding.parts`. Raises BadMail, KeyError."""
        own = []
        for mark, start, ready, most in self._slots:
            if max(map(len, tokens.get(mark, _NONE))) <= most:
                own.append([ready + token + _SOFT_BREAK for token in tokens[mark]])
                continue
            try:
                own.append([_slot(start + value) for value in values[mark]] if start else list(map(_slot, values[mark])))
            except BadMail:
                for value in values[mark]:
                    one_line(value, f"The value of {mark}")  # says whose it is
                raise
        return own, own


_NONE = (b"x" * 1000,)


def _prepared(mark: str, before_token: str | None) -> tuple[str, str, bytes, int]:
    """`mark`, the text before its token, the same encoded, and up to which length a token fits behind it on one line."""
    start = before_token or ""
    if before_token is None or not _EASY.fullmatch(start + "a"):
        return mark, start, b"", -1
    return mark, start, start.encode("ascii"), _WIDTH - len(start)


@lru_cache(maxsize=1024)  # a value usually stands in the text and in the HTML
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
