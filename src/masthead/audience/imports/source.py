"""The file of an import: a table in CSV, the first sheet of a workbook, or a list of pasted addresses, all read as records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from masthead.common import csv_rows, pasted, xlsx_rows
from masthead.common.csv_rows import Block, Broken, Layout, Record

_SAMPLE = 40


class Kind(StrEnum):
    """What the file is."""

    CSV = "csv"
    XLSX = "xlsx"
    PASTED = "pasted"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was looked at. `lines` is 0 when the file does not say how many it has."""

    path: Path
    kind: Kind
    lines: int
    layout: Layout | None = None

    def entries(self) -> Iterator[Record | Broken | Block]:
        """The records, those after the first in blocks of lines where the file is such that each line is one."""
        return csv_rows.read_blocks(self.path, self.layout) if self.layout and self.kind is Kind.CSV else self.records()

    def records(self) -> Iterator[Record | Broken]:
        """The records, the heading included. Pasted lists have records of address and name, several with one line number."""
        if self.layout is None:
            return xlsx_rows.read(self.path)
        records = csv_rows.read(self.path, self.layout)
        return records if self.kind is Kind.CSV else _pasted(csv_rows.lines(self.path, self.layout))


def examine(path: Path, *, encoding: str = "") -> Source:
    """What the file is. Raises Unreadable."""
    if xlsx_rows.is_workbook(path):
        return Source(path, Kind.XLSX, xlsx_rows.survey(path))
    layout = csv_rows.survey(path, encoding=encoding)
    sample = [text for _number, text in islice(csv_rows.lines(path, layout), _SAMPLE) if isinstance(text, str)]
    kind = Kind.PASTED if pasted.looks_pasted(sample) else Kind.CSV
    return Source(path, kind, layout.lines, layout)


def _pasted(lines: Iterator[tuple[int, str | csv_rows.Why]]) -> Iterator[Record | Broken]:
    for number, text in lines:
        if isinstance(text, csv_rows.Why):
            yield Broken(number, text)
            continue
        for address, name in pasted.split(text):
            yield Record(number, [address, name])
