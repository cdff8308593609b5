"""The file that says what became of each row."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from masthead.common.csv_cells import defuse


class Result(StrEnum):
    """What became of a row; also the names of the counts of a run."""

    ADDED = "added"
    CHANGED = "changed"
    KNOWN = "known"
    LEFT = "left_before"
    SUPPRESSED = "suppressed"
    REJECTED = "rejected"


#: Line, address as it stood in the file, what became of it, and why.
Outcome = tuple[int, str, Result, str]


def folder() -> Path:
    """Where uploads and reports lie."""
    path = Path(settings.DATA) / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


class Report:
    """A CSV of line, address, result and reason, every cell quoted. To be used in a `with` block.

    `kept` is the path and the length of a report that is gone on with; what an interrupted batch wrote after it is cut off.
    """

    def __init__(self, number: int, *, kept: tuple[str, int] = ("", 0)) -> None:
        path, length = kept
        # The name cannot be guessed, though the file is only handed out to staff.
        self.path = path or str(folder() / f"import-{number}-{secrets.token_hex(8)}.csv")
        self._length = length

    def write(self, text: str) -> None:
        """Append rows made by `report_rows`."""
        self._file.write(text.encode("utf-8", "replace"))

    def flush(self) -> int:
        """Bring all to the disk; returns the length of the file in bytes."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def keep(self, length: int) -> None:
        """What was written up to `length` stands; the rest goes unless it is kept, too."""
        self._length = length

    def __enter__(self) -> Self:
        there = Path(self.path).is_file() and self._length > 0
        self._file = Path(self.path).open("r+b" if there else "wb")
        Path(self.path).chmod(0o600)
        if there:
            self._file.truncate(self._length)
            self._file.seek(0, os.SEEK_END)
        else:
            # The mark at its start tells spreadsheets that it is UTF-8.
            self._file.write('\ufeff"line","address","result","reason"\r\n'.encode())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._length:
            self._file.truncate(self._length)
        self._file.close()


_EMPTY = '""'
_LONGEST = 320


def report_rows(outcomes: Iterable[Outcome]) -> str:
    """The rows of these, in the order of their lines."""
    # A million rows: csv.writer and a check of every cell would take as long as the rows themselves.
    rows = [
        f'"{line}",{_cell(shown)},"{result}",{_cell(why) if why else _EMPTY}\r\n' for line, shown, result, why in sorted(outcomes)
    ]
    return "".join(rows)


def added_row(line: int, shown: str) -> str:
    """The row of a reader who was added."""
    if shown[0].isalnum() and '"' not in shown and len(shown) <= _LONGEST:
        return f'"{line}","{shown}","added",""\r\n'
    return f'"{line}",{_cell(shown)},"{Result.ADDED}",{_EMPTY}\r\n'


def _cell(text: str) -> str:
    return '"' + defuse(text[:_LONGEST]).replace('"', '""') + '"'
