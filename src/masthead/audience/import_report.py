"""The file that says what became of each row that was not added."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from django.conf import settings

from masthead.common.csv_cells import defuse

#: line, address as it stood in the file, reason.
Outcome = tuple[int, str, str]


def folder() -> Path:
    """Where uploads and reports lie."""
    path = Path(settings.DATA) / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


class Report:
    """A CSV of line, address and reason. There is no file until there is something to say."""

    def __init__(self, number: int) -> None:
        # The name cannot be guessed, though the file is only handed out to staff.
        self._path = folder() / f"import-{number}-{secrets.token_hex(8)}.csv"
        self._file: IO[str] | None = None

    @property
    def path(self) -> str:
        """Where it is; "" while it is empty."""
        return str(self._path) if self._file else ""

    def write(self, outcomes: Iterable[Outcome]) -> None:
        """Append these, in the order of their lines."""
        for line, address, reason in sorted(outcomes):
            if self._file is None:
                # The mark at its start tells spreadsheets that it is UTF-8.
                self._file = self._path.open("w", encoding="utf-8-sig", newline="")
                self._path.chmod(0o600)
                self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)
                self._writer.writerow(["line", "address", "reason"])
            self._writer.writerow([line, defuse(address[:320]), reason])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
