"""Which addresses a file has shown so far, in a private temporary file: a million of them take no memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import TracebackType
from typing import Self


class Seen:
    """Fingerprints and the lines they first stood in. To be used in a `with` block."""

    def __enter__(self) -> Self:
        # An empty name is a temporary database of SQLite's own, gone when it is closed; it holds fingerprints only.
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.execute("PRAGMA synchronous=OFF")
        self._store.execute("CREATE TABLE seen (mark BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._store.close()

    def add(self, marks: Mapping[bytes, int]) -> dict[bytes, int]:
        """Remember these fingerprints with their lines; returns those that were there before, with their earlier lines."""
        self._store.execute("BEGIN")
        before = self._store.total_changes
        self._store.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", marks.items())
        new = self._store.total_changes - before
        self._store.execute("COMMIT")
        if new == len(marks):
            return {}
        earlier: dict[bytes, int] = {}
        for mark, line in marks.items():
            found = self._store.execute("SELECT line FROM seen WHERE mark = ?", (mark,)).fetchone()
            if found[0] != line:
                earlier[mark] = found[0]
        return earlier
