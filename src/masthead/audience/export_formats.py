"""Rows of text as CSV, XLSX or JSON, in pieces: a million of them take no more memory than a thousand.

Cells that a spreadsheet would take for a formula get an apostrophe in CSV and XLSX; JSON is for programs and exact.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from masthead.common.csv_cells import defuse

#: The most rows of a sheet (ECMA-376), its heading included; what is beyond goes to the next sheet.
ROWS_OF_A_SHEET = 1_048_576
_AT_ONCE = 500
_PIECE = 1 << 18
#: What XML 1.0 cannot hold.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Kind(StrEnum):
    """How the file is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"

    @property
    def content_type(self) -> str:
        """For the header of that name."""
        return {
            Kind.CSV: "text/csv; charset=utf-8",
            Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Kind.JSON: "application/json; charset=utf-8",
        }[self]


def as_csv(heading: Iterable[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """All cells quoted, in UTF-8 with the mark that tells spreadsheets so.

    The mark is a piece of its own, before `heading` is read: whoever waits sees that it begins.
    """
    yield BOM_UTF8
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([defuse(cell) for cell in heading])
    for number, row in enumerate(rows):
        if number % _AT_ONCE == 0:
            yield _emptied(buffer)
        writer.writerow([defuse(cell) for cell in row])
    yield _emptied(buffer)


def as_json(values: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """An array of objects, one in a line."""
    buffer = io.StringIO()
    buffer.write("[")
    for number, value in enumerate(values):
        if number % _AT_ONCE == 0:
            yield _emptied(buffer)
        buffer.write((",\n" if number else "\n") + json.dumps(value, ensure_ascii=False))
    buffer.write("\n]\n")
    yield _emptied(buffer)


def as_xlsx(heading: Iterable[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A workbook. It is a zip file, whose directory stands at its end: so it is written to a temporary file first."""
    from openpyxl import Workbook

    heading = list(heading)
    book = Workbook(write_only=True)
    sheet: Any = None
    for number, row in enumerate(rows):
        if number % (ROWS_OF_A_SHEET - 1) == 0:
            sheet = _new_sheet(book, heading)
        sheet.append([_sheet_cell(cell) for cell in row])
    if sheet is None:
        _new_sheet(book, heading)
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _new_sheet(book: Any, heading: Sequence[str]) -> Any:
    sheet = book.create_sheet()
    sheet.append([_sheet_cell(cell) for cell in heading])
    return sheet


def _sheet_cell(text: str) -> str:
    # In this order: "\\x01=1" without its first character is a formula.
    return defuse(_NO_XML.sub("", text))


def _emptied(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece
