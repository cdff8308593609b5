"""The records of a file, checked and gathered into parts, each of which is written as one batch."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.utils import translation

from masthead.audience.imports import words
from masthead.audience.imports.columns import Columns
from masthead.audience.imports.plain_rows import PlainRows
from masthead.audience.imports.report import Outcome, Result, added_row, report_rows
from masthead.audience.imports.rows import BadRow, RowReader
from masthead.audience.imports.seen import Packed, packed
from masthead.audience.imports.staging import Stage, StagedRow
from masthead.common.addresses import BadAddress
from masthead.common.csv_rows import Block, Broken, Record, Unreadable, record
from masthead.mail.address_words import why_not

Entry = Record | Broken | Block
#: The fingerprint of a staged row.
_MARK: Callable[[Any], bytes] = itemgetter(3)

#: So many times smaller than the others is the first part.
_SMALLER = 8
#: Rows of each result that a run shows.
SAMPLES = 20


@dataclass(slots=True)
class Part:
    """Some records of a file that follow each other, and what can be said of them without the database."""

    rejected: list[Outcome]
    records: int
    last_line: int
    is_last: bool
    #: The lines and fingerprints of its readers, as `Seen` notes them.
    marks: Packed
    stage: Stage
    #: What the report says, and the first rows of it, if all of its readers are new.
    if_new: str
    first_if_new: list[Outcome]


@dataclass(slots=True)
class PartReader:
    """Makes parts of the records of a file: as long as one is written, another thread reads the next."""

    columns: Columns
    reader: RowReader
    #: For the rows that need no closer look; None where all do.
    plain: PlainRows | None
    #: The most records of a part. Whoever writes the parts may change it.
    most: int
    #: Lines that are still to be taken.
    _block: Block | None = None
    _rows: list[StagedRow] = field(default_factory=list)
    #: Where each fingerprint of this part stands.
    _lines: dict[bytes, int] = field(default_factory=dict)
    _rejected: list[Outcome] = field(default_factory=list)
    _records: int = 0
    _last_line: int = 0

    def skip(self, records: Iterator[Entry], most: int, *, at_once: int) -> Iterator[Packed]:
        """Read the first `most` for their addresses alone, since they were done before; yields what `Seen` notes."""
        for done in range(0, most, at_once):
            self._gather(records, min(at_once, most - done))
            yield packed(self._lines)
            self._forget()

    def parts(self, records: Iterator[Entry], *, lines: int) -> Iterator[Part]:
        """Parts of `most` records, the first ones of fewer, since until there is one nothing is written. The last one is marked
        as that, and may be empty; `lines` is how many the file has."""
        size = self.most // _SMALLER or self.most
        try:
            while self._gather(records, size):
                yield self._part()
                size = min(self.most, size * 4)
        except Unreadable as error:
            # A workbook can turn out to be damaged half way: the rows before stand, and the report says where it ends.
            self._reject(self._last_line + 1, "", words.unreadable(error.why))
        self._last_line = max(self._last_line, lines)
        yield self._part(is_last=True)

    def _part(self, *, is_last: bool = False) -> Part:
        rows = self._rows
        # The first element of an outcome is its line.
        first: list[Outcome] = [(row[8], row[9] or row[0], Result.ADDED, "") for row in rows[:SAMPLES]]
        part = Part(
            rejected=self._rejected,
            records=self._records,
            last_line=self._last_line,
            is_last=is_last,
            marks=packed(self._lines),
            if_new=_report_of(rows, self._rejected),
            first_if_new=[*first, *self._rejected],
            stage=Stage(rows),
        )
        self._forget()
        return part

    def _forget(self) -> None:
        self._rows, self._lines, self._rejected, self._records = [], {}, [], 0

    def _gather(self, records: Iterator[Entry], most: int) -> bool:
        """Take records until they are `most`; False when there are no more."""
        while self._records < most:
            entry, self._block = self._block or next(records, None), None
            if entry is None:
                return False
            if not isinstance(entry, Block):
                self._take(entry)
                continue
            room = most - self._records
            if len(entry.texts) > room:
                self._block = Block(entry.line + room, entry.texts[room:], entry.separator)
                entry = Block(entry.line, entry.texts[:room], entry.separator)
            self._take_block(entry)
        return True

    def _take_block(self, block: Block) -> None:
        found = self.plain.read(block) if self.plain is not None else [None] * len(block.texts)
        if self._take_all(block, found):
            return
        rows, lines = self._rows, self._lines
        for number, row in enumerate(found):
            line = block.line + number
            if row is None:
                entry = record(line, block.texts[number], block.separator)
                if entry is not None:
                    self._take(entry)
                continue
            self._records, self._last_line = self._records + 1, line
            first = lines.setdefault(row[3], line)
            if len(lines) == len(rows):
                self._reject(line, row[9] or row[0], words.duplicate(first))
            else:
                rows.append(row)

    def _take_all(self, block: Block, found: Sequence[StagedRow | None]) -> bool:
        """Take the rows of a block at one go, if all of it is plain and each reader stands in it once; False when it is not."""
        if None in found:
            return False
        lines = dict(zip(map(_MARK, found), range(block.line, block.line + len(found)), strict=True))
        if len(lines) < len(found) or not self._lines.keys().isdisjoint(lines):
            return False
        self._lines |= lines
        self._rows += found  # type: ignore[arg-type]  # None is not in it
        self._records += len(found)
        self._last_line = block.line + len(found) - 1
        return True

    def _take(self, entry: Record | Broken) -> None:
        """Check one record: it is a row or rejected; empty records are neither."""
        self._records += 1
        line = self._last_line = entry.line
        if isinstance(entry, Broken):
            self._reject(line, "", words.broken(entry.why))
            return
        cells = entry.cells
        try:
            found, mark = self.reader.read(cells)
        except (BadAddress, BadRow) as error:
            shown = cells[self.columns.address].strip() if self.columns.address < len(cells) else ""
            if not shown and not any(cell.strip() for cell in cells):
                return
            again = self.columns.has_heading and tuple(cell.strip() for cell in cells) == self.columns.headings
            self._reject(line, shown, words.heading_again() if again else why_not(error))
            return
        shown = cells[self.columns.address].strip()
        first = self._lines.setdefault(mark, line)
        # Not by the line: several pasted addresses stand in one.
        if len(self._lines) == len(self._rows):
            self._reject(line, shown, words.duplicate(first))
            return
        self._rows.append((*found, line, None if shown == found[0] else shown))

    def _reject(self, line: int, shown: str, why: str) -> None:
        self._rejected.append((line, shown, Result.REJECTED, why))


def _report_of(rows: Sequence[StagedRow], rejected: Sequence[Outcome]) -> str:
    """What the report says if all `rows` are added."""
    added = [added_row(row[8], row[9] or row[0]) for row in rows]
    if not rejected:
        return "".join(added)
    numbered = [(row[8], text) for row, text in zip(rows, added, strict=True)]
    numbered += [(outcome[0], report_rows([outcome])) for outcome in rejected]
    return "".join(text for _line, text in sorted(numbered, key=itemgetter(0)))


def read_ahead(parts: Iterator[Part]) -> Generator[Part, None, None]:
    """The parts, of which another thread reads the next one while the database is busy with the last: it needs no interpreter."""
    language = translation.get_language()

    def read() -> Part | None:
        # What is said of a row is said in the language of the caller, which another thread does not know.
        with translation.override(language):
            return next(parts, None)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="import") as reader:
        coming = reader.submit(read)
        try:
            while (part := coming.result()) is not None:
                coming = reader.submit(read)
                yield part
        finally:
            # Whoever stops half way leaves a part that nobody takes.
            if not coming.cancel() and coming.exception() is None and (left := coming.result()) is not None:
                left.stage.discard()
