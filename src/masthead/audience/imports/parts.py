"""The records of a file, checked and gathered into parts, each of which is written as one batch."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.utils import translation

from masthead.audience.imports import words
from masthead.audience.imports.columns import Columns
from masthead.audience.imports.report import Outcome, Result, report_rows
from masthead.audience.imports.rows import BadRow, RowReader
from masthead.audience.imports.seen import packed
from masthead.audience.imports.staging import Stage, StagedRow
from masthead.common.addresses import BadAddress
from masthead.common.csv_rows import Broken, Record, Unreadable

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
    marks: bytes
    stage: Stage
    #: What the report says, and the first rows of it, if all of its readers are new.
    if_new: str
    first_if_new: list[Outcome]


@dataclass(slots=True)
class PartReader:
    """Makes parts of the records of a file: as long as one is written, another thread reads the next."""

    columns: Columns
    reader: RowReader
    _rows: list[StagedRow] = field(default_factory=list)
    #: Where each fingerprint of this part stands.
    _lines: dict[bytes, int] = field(default_factory=dict)
    _rejected: list[Outcome] = field(default_factory=list)
    _records: int = 0
    _last_line: int = 0

    def skip(self, records: Iterator[Record | Broken], most: int, *, at_once: int) -> Iterator[bytes]:
        """Read the first `most` for their addresses alone, since they were done before; yields what `Seen` notes."""
        for done in range(0, most, at_once):
            while self._records < min(at_once, most - done) and (entry := next(records, None)) is not None:
                self._take(entry)
            yield packed(self._lines)
            self._forget()

    def parts(self, records: Iterator[Record | Broken], *, most: int, lines: int) -> Iterator[Part]:
        """Parts of `most` records. The last one is marked as that, and may be empty; `lines` is how many the file has."""
        try:
            for entry in records:
                self._take(entry)
                if self._records >= most:
                    yield self._part()
        except Unreadable as error:
            # A workbook can turn out to be damaged half way: the rows before stand, and the report says where it ends.
            self._reject(self._last_line + 1, "", words.unreadable(error.why))
        self._last_line = max(self._last_line, lines)
        yield self._part(is_last=True)

    def _part(self, *, is_last: bool = False) -> Part:
        # The first element of an outcome is its line.
        added: list[Outcome] = [(row[8], row[9] or row[0], Result.ADDED, "") for row in self._rows]
        part = Part(
            rejected=self._rejected,
            records=self._records,
            last_line=self._last_line,
            is_last=is_last,
            marks=packed(self._lines),
            if_new=report_rows([*added, *self._rejected]),
            first_if_new=[*added[:SAMPLES], *self._rejected],
            stage=Stage(self._rows),
        )
        self._forget()
        return part

    def _forget(self) -> None:
        self._rows, self._lines, self._rejected, self._records = [], {}, [], 0

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
            self._reject(line, shown, words.heading_again() if again else str(error))
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
