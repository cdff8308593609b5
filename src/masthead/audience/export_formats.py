"""Rows of text as CSV, XLSX or JSON, in pieces: a million of them take no more memory than a thousand.

Cells that a spreadsheet would take for a formula get an apostrophe in CSV and XLSX; JSON is for programs and exact.
"""

from __future__ import annotations

import csv
import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from masthead.audience import sheet_xml
from masthead.common.csv_cells import defuse

#: The most rows of a sheet (ECMA-376), its heading included; what is beyond goes to the next sheet.
ROWS_OF_A_SHEET = 1_048_576
_AT_ONCE = 500
#: A sheet of more bytes than these goes on in another: beyond 2 GiB a part of a zip file needs what some programs do not read.
_BYTES_OF_A_SHEET = 1 << 30
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
    """An array of objects, one in a line. The first piece comes before any is read."""
    yield b"["
    buffer = io.StringIO()
    for number, value in enumerate(values):
        if number % _AT_ONCE == 0 and number:
            yield _emptied(buffer)
        buffer.write((",\n" if number else "\n") + json.dumps(value, ensure_ascii=False))
    buffer.write("\n]\n")
    yield _emptied(buffer)


def as_xlsx(heading: Iterable[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A workbook (ECMA-376), a sheet for each million rows, as it comes: in its zip file each part says its length afterwards.

    The first piece comes before `heading` is read, as in `as_csv`.
    """
    out, left, sheets = _Pieces(), iter(rows), 0
    # Level 1: the file may be somewhat larger, it is there sooner.
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        _put(archive, {"_rels/.rels": sheet_xml.PACKAGE})
        yield out.taken()
        first = sheet_xml.row(_sheet_cell(cell) for cell in heading)
        row = next(left, None)
        while row is not None or not sheets:
            sheets += 1
            with archive.open(sheet_xml.name_of(sheets), "w") as sheet:
                size, number = sheet.write((sheet_xml.BEGIN + first).encode()), 1
                while row is not None and number < ROWS_OF_A_SHEET and size < _BYTES_OF_A_SHEET:
                    some: list[str] = []
                    while row is not None and number < ROWS_OF_A_SHEET and len(some) < _AT_ONCE:
                        some.append(sheet_xml.row(map(_sheet_cell, row)))
                        number, row = number + 1, next(left, None)
                    size += sheet.write("".join(some).encode())
                    yield out.taken()
                sheet.write(sheet_xml.END.encode())
        _put(archive, sheet_xml.closing(sheets))
    yield out.taken()


class _Pieces:
    """What a zip file is written to, until somebody takes it. It cannot go back."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, some: bytes) -> int:
        """Keep it."""
        self._held += some
        return len(some)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        some = bytes(self._held)
        self._held.clear()
        return some


def _put(archive: ZipFile, parts: Mapping[str, str]) -> None:
    for name, text in parts.items():
        archive.writestr(ZipInfo(name), text, ZIP_DEFLATED)  # as `ZipInfo`, without the time of day


def _sheet_cell(text: str) -> str:
    # In this order: "\\x01=1" without its first character is a formula.
    return defuse(_NO_XML.sub("", text))


def _emptied(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece
