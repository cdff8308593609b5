"""Reading the first sheet of an XLSX workbook as rows of text, in bounded memory.

A workbook is a zip file of XML (ECMA-376): before anything is unpacked, the sizes that its directory declares are held against
limits, and zipfile never unpacks more than was declared. Formulas are named and refused: their result may be missing.
"""

from __future__ import annotations

import datetime
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from masthead.common.csv_rows import MOST_COLUMNS, Broken, Record, Unreadable, Why

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

#: What a sheet can have at most (ECMA-376 and every spreadsheet program).
MOST_ROWS = 1_048_576
_MOST_PARTS = 2000
#: Unpacked bytes: a sheet is streamed, the table of texts is held in memory, the rest is small.
_MOST_SHEET = 2 << 30
_MOST_TEXTS = 256 << 20
_MOST_OTHER = 32 << 20
_MARK = b"PK\x03\x04"
_TROUBLES = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


def is_workbook(path: Path) -> bool:
    """Whether the file is a zip file with a workbook in it."""
    with path.open("rb") as file:
        if file.read(4) != _MARK:
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/workbook") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def survey(path: Path) -> int:
    """How many rows the first sheet says it has; 0 when it does not say. Raises Unreadable."""
    _weigh(path)
    try:
        with _opened(path) as book:
            return min(int(book.worksheets[0].max_row or 0), MOST_ROWS)
    except _TROUBLES as error:
        raise Unreadable(Why.DAMAGED) from error


def read(path: Path) -> Iterator[Record | Broken]:
    """The rows of the first sheet that hold anything, numbered as the spreadsheet numbers them. Raises Unreadable."""
    _weigh(path)
    try:
        with _opened(path) as book:
            sheet = book.worksheets[0]
            # What a sheet says about its size may be wrong by far, and would fill every row up to it.
            sheet.reset_dimensions()
            yield from _rows(sheet)
    except _TROUBLES as error:
        raise Unreadable(Why.DAMAGED) from error


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    from openpyxl import load_workbook

    # By its bytes: openpyxl would judge a name, and an upload has none.
    with path.open("rb") as file:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _rows(sheet: Any) -> Iterator[Record | Broken]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > MOST_ROWS:
            raise ValueError("more rows than a sheet can have")
        if any(cell.data_type == "f" for cell in cells if cell.value is not None):
            yield Broken(number, Why.FORMULA)
            continue
        texts = [_text(cell.value) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            continue
        if len(texts) > MOST_COLUMNS:
            yield Broken(number, Why.TOO_MANY_COLUMNS)
        else:
            yield Record(number, texts)


def _text(value: object) -> str:
    """What the cell shows, as near as its value says."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _weigh(path: Path) -> None:
    """Raises Unreadable for a file that would unpack to more than it may."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable(Why.DAMAGED) from error
    if len(parts) > _MOST_PARTS:
        raise Unreadable(Why.TOO_LARGE)
    for part in parts:
        name = part.filename.lower()
        most = _MOST_SHEET if "worksheets/" in name else _MOST_TEXTS if "sharedstrings" in name else _MOST_OTHER
        # Pictures and the like are never unpacked.
        if part.file_size > most and not name.startswith("xl/media/"):
            raise Unreadable(Why.TOO_LARGE)
