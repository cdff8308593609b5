"""Workbooks from anywhere, and from nowhere good."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from masthead.common import xlsx_rows
from masthead.common.csv_rows import Broken, Record, Unreadable, Why


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readers.xlsx"


def save(path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.create_sheet("Another").append(["ignored"])
    book.save(path)
    return path


def part(path: Path, name: str, content: bytes) -> None:
    """Put one part of the workbook in place of another."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, old in parts.items():
            archive.writestr(entry, content if entry == name else old)


def test_the_first_sheet_is_read_as_text(path: Path) -> None:
    save(
        path,
        ["email", "name", "born", "fee", "member"],
        [],
        ["a@example.org", "Zoë", datetime.date(1990, 5, 3), 12.0, True],
        ["b@example.org", None, None, 1.5],
    )
    assert xlsx_rows.is_workbook(path)
    assert xlsx_rows.survey(path) == 4
    assert list(xlsx_rows.read(path)) == [
        Record(1, ["email", "name", "born", "fee", "member"]),
        Record(3, ["a@example.org", "Zoë", "1990-05-03", "12", "yes"]),
        Record(4, ["b@example.org", "", "", "1.5"]),
    ]


def test_a_row_with_a_formula_is_named_and_never_read(path: Path) -> None:
    save(path, ["email"], ['=HYPERLINK("https://evil.example";"x")'], ["a@example.org"])
    assert list(xlsx_rows.read(path))[1:] == [Broken(2, Why.FORMULA), Record(3, ["a@example.org"])]


def test_too_many_columns_cost_their_own_row(path: Path) -> None:
    save(path, ["email"], ["x"] * 300, ["a@example.org"])
    assert list(xlsx_rows.read(path))[1:] == [Broken(2, Why.TOO_MANY_COLUMNS), Record(3, ["a@example.org"])]


def test_a_workbook_that_would_unpack_to_gigabytes_is_refused_before_it_is_unpacked(path: Path) -> None:
    save(path, ["email"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/sharedStrings2.xml", "w") as entry:
        for _ in range(257):
            entry.write(b" " * (1 << 20))
    assert path.stat().st_size < 1 << 20
    for read in (xlsx_rows.survey, lambda path: list(xlsx_rows.read(path))):
        with pytest.raises(Unreadable) as caught:
            read(path)
        assert caught.value.why is Why.TOO_LARGE


@pytest.mark.parametrize(
    "content",
    [
        b"<worksheet",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>',
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="999999999"><c r="A999999999" t="n"><v>1</v></c></row></sheetData></worksheet>',
    ],
)
def test_a_damaged_or_hostile_sheet_is_refused_in_a_word(path: Path, content: bytes) -> None:
    save(path, ["email"])
    part(path, "xl/worksheets/sheet1.xml", content)
    with pytest.raises(Unreadable) as caught:
        list(xlsx_rows.read(path))
    assert caught.value.why is Why.DAMAGED


def test_a_zip_file_that_is_no_workbook_is_none(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    assert not xlsx_rows.is_workbook(path)
    path.write_bytes(b"PK\x03\x04 and then nothing")
    assert not xlsx_rows.is_workbook(path)
    path.write_bytes(b"email\n")
    assert not xlsx_rows.is_workbook(path)
