"""Reading CSV files from anywhere: encoding and separator found out, bounded memory, every broken line named and stepped over.

A file is surveyed once and then streamed. A line is what ends in LF, CRLF or CR; a record is one line, or several when a quoted
cell contains line ends (RFC 4180). A quotation mark that is never closed costs its own line only, not the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from masthead.common import eight_bit

LONGEST_LINE = 64 * 1024
MOST_COLUMNS = 200
SEPARATORS = (",", ";", "\t", "|")

_BLOCK = 1 << 20
_SAMPLE = 20
_EIGHT_BIT_SAMPLE = 64 * 1024
_QUOTED = re.compile(r'"[^"]*"')
#: Containers that people upload instead of a CSV file: zip (xlsx, ods), old Excel, gzip, PDF.
_FOREIGN = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")


class Why(Enum):
    """What is wrong with a line, or with a whole file."""

    LINE_TOO_LONG = auto()
    TOO_MANY_COLUMNS = auto()
    NUL = auto()
    UNDECODABLE = auto()
    QUOTE_OPEN = auto()
    EMPTY_FILE = auto()
    NOT_CSV = auto()
    UTF_32 = auto()
    FORMULA = auto()
    TOO_LARGE = auto()
    DAMAGED = auto()
    NO_SUCH_ENCODING = auto()


class Unreadable(ValueError):
    """The file as a whole cannot be read."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.name)
        self.why = why


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written. `encoding` is a Python codec; `lines` counts all lines, blank ones and the heading included.

    `eight_bit` is the codec of the lines that are no UTF-8; "" when there are none. Files that were put together from several
    sources hold both kinds.
    """

    encoding: str
    separator: str
    lines: int
    first_line: int = 1
    eight_bit: str = ""


class Broken(NamedTuple):
    """A line that cannot be read."""

    line: int
    why: Why


class Record(NamedTuple):
    """One record and the number of its first line, from 1."""

    line: int
    cells: list[str]


class Block(NamedTuple):
    """Lines that follow each other and stand each for itself: decoded, without a quotation mark. Blank ones are among them."""

    #: The number of the first, from 1.
    line: int
    texts: list[str]
    separator: str


def survey(path: Path, *, encoding: str = "") -> Layout:
    """How the file is written; `encoding` says it where the file does not show it. Raises Unreadable.

    UTF-8 and UTF-16 are known by their marks or their shape. Lines that are no UTF-8 are taken to be in the eight-bit encoding
    in which their words are most plausible; the file is called by that when they are more than the right ones.
    """
    try:
        given = codecs.lookup(encoding).name if encoding else ""
    except LookupError as error:
        raise Unreadable(Why.NO_SUCH_ENCODING) from error
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.strip():
        raise Unreadable(Why.EMPTY_FILE)
    if start.startswith(_FOREIGN):
        raise Unreadable(Why.NOT_CSV)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unreadable(Why.UTF_32)
    marked = _marked(start)
    count = right = wrong = 0
    sample = bytearray()
    for found_lines in _lines(_blocks(path, marked)):
        count += len(found_lines)
        for line in () if marked else [line for line in found_lines if line and not line.isascii()]:
            try:
                line.decode("utf-8")
                right += 1
            except UnicodeDecodeError:
                wrong += 1
                if len(sample) < _EIGHT_BIT_SAMPLE:
                    sample += line + b"\n"
    if given and not given.startswith("utf"):
        marked, legacy = given, given
    else:
        legacy = eight_bit.guess(bytes(sample)) if wrong else ""
    found = marked or (legacy if wrong > right else "utf-8")
    separator, first_line = _separator(path, found, legacy)
    return Layout(found, separator, count, first_line, legacy)


def read(path: Path, layout: Layout) -> Iterator[Record | Broken]:
    """The records of a file, the heading included; blank lines are left out."""
    source = _Lines(path, layout)
    while (found := _next(source, layout.separator)) is not None:
        yield found


def read_blocks(path: Path, layout: Layout) -> Iterator[Record | Broken | Block]:
    """Like `read`, but what comes after the first record comes in blocks wherever a line is a record: for who reads a million."""
    source = _Lines(path, layout)
    found = _next(source, layout.separator)
    while found is not None:
        yield found
        while (block := source.rest(layout.separator)) is not None:
            yield block
        found = _next(source, layout.separator)


def record(number: int, text: str, separator: str) -> Record | Broken | None:
    """The record in a line without a quotation mark; None for a blank one."""
    if not text or text.isspace():
        return None
    cells = text.split(separator)
    return Record(number, cells) if len(cells) <= MOST_COLUMNS else Broken(number, Why.TOO_MANY_COLUMNS)


class _Lines:
    """The lines of a file with their numbers, of which some may be put back."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._blocks = _decoded(path, layout)
        self._texts: Sequence[str | Why] = ()
        #: How many of them are taken, and the number of the first.
        self._taken = self._first = 0
        self._back: deque[tuple[int, str | Why]] = deque()

    def take(self) -> tuple[int, str | Why] | None:
        """The next one."""
        if self._back:
            return self._back.popleft()
        if self._taken >= len(self._texts) and not self._load():
            return None
        self._taken += 1
        return self._first + self._taken - 1, self._texts[self._taken - 1]

    def put_back(self, lines: Sequence[tuple[int, str | Why]]) -> None:
        """Have these come again before all others."""
        self._back.extendleft(reversed(lines))

    def rest(self, separator: str) -> Block | None:
        """All of the block in hand, or of the next one, if each line of it stands for itself."""
        if self._back or (self._taken >= len(self._texts) and not self._load()):
            return None
        texts = self._texts[self._taken :]
        try:
            # Whatever is wrong with a line is no text.
            if '"' in "\n".join(texts):  # type: ignore[arg-type]
                return None
        except TypeError:
            return None
        block = Block(self._first + self._taken, list(texts), separator)  # type: ignore[arg-type]
        self._taken = len(self._texts)
        return block

    def _load(self) -> bool:
        for first, texts in self._blocks:
            if texts:
                self._first, self._texts, self._taken = first, texts, 0
                return True
        return False


def _next(source: _Lines, separator: str) -> Record | Broken | None:
    """The next record; None at the end."""
    while (taken := source.take()) is not None:
        number, text = taken
        if isinstance(text, Why):
            return Broken(number, text)
        if '"' not in text:
            found = record(number, text, separator)
            if found is None:
                continue
            return found
        cells = _quoted_cells(text, separator, source)
        if cells is None:
            return Broken(number, Why.QUOTE_OPEN)
        return Record(number, cells) if len(cells) <= MOST_COLUMNS else Broken(number, Why.TOO_MANY_COLUMNS)
    return None


def _quoted_cells(text: str, separator: str, source: _Lines) -> list[str] | None:
    """The cells of a record that starts with `text`, which may go on in the next lines; None when its quotes never close.

    An open quote is closed by the next line with an odd number of quotation marks. Lines that were read ahead in vain go back;
    since none of them is odd, none is read ahead a second time.
    """
    if not _is_open(text, separator):
        return next(csv.reader([text], delimiter=separator))
    ahead: list[tuple[int, str | Why]] = []
    parts, size = [text + "\n"], len(text)
    while size <= LONGEST_LINE:
        taken = source.take()
        if taken is None:
            break
        ahead.append(taken)
        more = taken[1]
        if isinstance(more, Why):
            break
        parts.append(more + "\n")
        size += len(more) + 1
        if more.count('"') % 2:
            return next(csv.reader(parts, delimiter=separator))
    source.put_back(ahead)
    return None


def _is_open(text: str, separator: str) -> bool:
    """Whether a quoted cell is still open at the end of the line `text`."""
    if text.count('"') % 2 == 0:
        return False
    try:
        for _ in csv.reader([text], delimiter=separator, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def lines(path: Path, layout: Layout) -> Iterator[tuple[int, str | Why]]:
    """Each line from `layout.first_line` on, with its number, decoded; or what is wrong with it."""
    for first, texts in _decoded(path, layout):
        yield from enumerate(texts, first)


def _decoded(path: Path, layout: Layout) -> Iterator[tuple[int, Sequence[str | Why]]]:
    """The lines from `layout.first_line` on, block by block, each with the number of its first."""
    number = 1
    for found in _lines(_blocks(path, layout.encoding)):
        texts = _all_right(found) or [_text(line, layout) for line in found]
        skipped = max(0, layout.first_line - number)
        yield number + skipped, texts[skipped:]
        number += len(texts)


def _all_right(found: Sequence[bytes | None]) -> Sequence[str | Why]:
    """The lines of one block, decoded at one go; nothing when they are to be looked at one by one."""
    try:
        # None, for a line too long, is no bytes, either.
        text = b"\n".join(found).decode()  # type: ignore[arg-type]
    except (TypeError, UnicodeDecodeError):
        return ()
    return () if "\0" in text or "\ufffd" in text else text.split("\n")


def _text(line: bytes | None, layout: Layout) -> str | Why:
    if line is None:
        return Why.LINE_TOO_LONG
    try:
        # UTF-16 has become UTF-8 on the way (see `_blocks`). What is valid UTF-8 is hardly ever meant otherwise.
        text = line.decode()
    except UnicodeDecodeError:
        try:
            text = line.decode(layout.eight_bit or "utf-8")
        except UnicodeDecodeError:
            return Why.UNDECODABLE
    if "\0" in text:
        return Why.NUL
    return Why.UNDECODABLE if "\ufffd" in text else text


def _lines(blocks: Iterator[bytes]) -> Iterator[list[bytes | None]]:
    """The lines of each block without their ends; None for one that is longer than LONGEST_LINE, of which no more is kept."""
    rest, too_long = b"", False
    for block in blocks:
        block = rest + block
        found: list[bytes | None] = list(block.splitlines())
        rest = b""
        if found and not block.endswith(b"\n"):
            # A CR at the end may be half of a CRLF.
            rest = (found.pop() or b"") + (b"\r" if block.endswith(b"\r") else b"")
        if too_long and found:
            found[0], too_long = None, False
        if len(max(filter(None, found), key=len, default=b"")) > LONGEST_LINE:
            found = [None if line is None or len(line) > LONGEST_LINE else line for line in found]
        if len(rest) > LONGEST_LINE:
            rest, too_long = b"", True
        if found:
            yield found
    if rest or too_long:
        yield [None if too_long else rest.rstrip(b"\r\n")]


def _blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """The file in blocks, without its mark; UTF-16 becomes UTF-8, with U+FFFD where it was broken."""
    with path.open("rb") as file:
        if encoding.startswith("utf-16"):
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            first = True
            while block := file.read(_BLOCK):
                text = decoder.decode(block)
                yield (text.removeprefix("\ufeff") if first else text).encode("utf-8", "replace")
                first = False
            yield decoder.decode(b"", final=True).encode("utf-8", "replace")
            return
        block = file.read(_BLOCK).removeprefix(codecs.BOM_UTF8)
        while block:
            yield block
            block = file.read(_BLOCK)


def _marked(start: bytes) -> str:
    """The encoding that the file's first bytes show; "" when they do not say."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    even, odd = start[0::2], start[1::2]
    if odd.count(0) > len(odd) * 0.4 and even.count(0) < len(even) * 0.1:
        return "utf-16-le"
    if even.count(0) > len(even) * 0.4 and odd.count(0) < len(odd) * 0.1:
        return "utf-16-be"
    return ""


def _separator(path: Path, encoding: str, legacy: str) -> tuple[str, int]:
    """The separator and the number of the first line that counts. Excel's "sep=;" line is obeyed."""
    sample: list[str] = []
    for number, text in lines(path, Layout(encoding, ",", 0, eight_bit=legacy)):
        if number == 1 and isinstance(text, str) and re.fullmatch(r"sep=.", text):
            return text[-1], 2
        if isinstance(text, str) and text.strip():
            sample.append(_QUOTED.sub("", text))
        if len(sample) == _SAMPLE or number > _SAMPLE * 5:
            break
    if not sample:
        return ",", 1
    first = sample[0]

    def score(separator: str) -> tuple[int, int]:
        count = first.count(separator)
        return sum(line.count(separator) == count for line in sample) if count else 0, count

    return max(SEPARATORS, key=score), 1
