"""Which addresses a file has shown so far, in private temporary files: a million of them take no memory."""

from __future__ import annotations

import sqlite3
import tempfile
from array import array
from collections.abc import Collection, Mapping
from contextlib import closing
from types import TracebackType
from typing import Self

_MARK, _LINE = 16, 8
#: Numbers of `_LINE` bytes.
_LINES = "Q"
_AT_ONCE = 10_000
#: Fingerprints one after the other, and the line of each.
Packed = tuple[bytes, bytes]


class Seen:
    """Fingerprints and the lines they first stood in. To be used in a `with` block.

    Noting them is an append; an index is made when one is asked for, and goes as far as what was noted then. A file of readers
    who are all new never asks, since the database itself tells that they are.
    """

    def __enter__(self) -> Self:
        self._marks, self._lines = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        # An empty name is a temporary database of SQLite's own, gone when it is closed; it holds fingerprints only.
        self._index = sqlite3.connect("", isolation_level=None)
        self._index.execute("PRAGMA synchronous=OFF")
        self._index.execute("CREATE TABLE seen (mark BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._indexed = 0
        self._was_asked = False
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._index.close()
        self._marks.close()
        self._lines.close()

    @property
    def was_asked(self) -> bool:
        """Whether there were rows so far whose readers were not all new."""
        return self._was_asked

    def note(self, entries: Packed) -> None:
        """Remember what `packed` made."""
        marks, lines = entries
        self._marks.write(marks)
        self._lines.write(lines)

    def earlier(self, marks: Collection[bytes]) -> dict[bytes, int]:
        """Those of `marks` that were noted, with the line each was noted with first."""
        if not marks:
            return {}
        self._was_asked = True
        self._catch_up()
        found: dict[bytes, int] = {}
        for mark in marks:
            row = self._index.execute("SELECT line FROM seen WHERE mark = ?", (mark,)).fetchone()
            if row is not None:
                found[mark] = row[0]
        return found

    def _catch_up(self) -> None:
        self._marks.seek(self._indexed * _MARK)
        self._lines.seek(self._indexed * _LINE)
        with closing(self._index.cursor()) as cursor:
            cursor.execute("BEGIN")
            while part := self._marks.read(_MARK * _AT_ONCE):
                marks = [part[at : at + _MARK] for at in range(0, len(part), _MARK)]
                lines = array(_LINES, self._lines.read(_LINE * _AT_ONCE))
                cursor.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", zip(marks, lines, strict=True))
                self._indexed += len(marks)
            cursor.execute("COMMIT")


def packed(lines: Mapping[bytes, int]) -> Packed:
    """Fingerprints, of `_MARK` bytes, and their lines: a million of them, and no loop."""
    return b"".join(lines), array(_LINES, lines.values()).tobytes()
