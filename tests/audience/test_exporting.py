"""Readers' data going out, in three formats."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from masthead.audience import export_formats, exporting
from masthead.audience.export_formats import Kind
from masthead.audience.filtering import Filter
from masthead.audience.models import MailingList, Subscription
from masthead.audit.models import Entry

pytestmark = pytest.mark.django_db
FORMULAS = ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "＝1", "plain"]


@pytest.fixture
def people(make_subscriber: Any, mailing_list: MailingList) -> None:
    for number, name in enumerate(FORMULAS):
        make_subscriber(f"r{number}@example.org", mailing_list, name=name, attributes={"=evil": "\x01=x"})


def test_a_workbook_has_no_formula_cell_and_no_character_that_breaks_it(people: None, now: datetime) -> None:
    file = io.BytesIO(b"".join(exporting.export(kind=Kind.XLSX, by="staff:1", now=now)))
    cells = [cell for row in load_workbook(file).worksheets[0].iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert len([cell for cell in cells if str(cell.value).startswith("'")]) >= 6


def test_rows_beyond_a_sheet_go_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_formats, "ROWS_OF_A_SHEET", 3)
    file = io.BytesIO(b"".join(export_formats.as_xlsx(["n"], ([str(number)] for number in range(5)))))
    sheets = [[row[0] for row in sheet.values] for sheet in load_workbook(file).worksheets]
    assert sheets == [["n", "0", "1"], ["n", "2", "3"], ["n", "4"]]


def test_a_sheet_that_grows_too_large_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_formats, "_AT_ONCE", 2)
    monkeypatch.setattr(export_formats, "_BYTES_OF_A_SHEET", 500)
    long = "x" * 400
    file = io.BytesIO(b"".join(export_formats.as_xlsx(["n", "long"], ([str(number), long] for number in range(5)))))
    sheets = [[row[0] for row in sheet.values] for sheet in load_workbook(file).worksheets]
    assert sheets == [["n", "0", "1"], ["n", "2", "3"], ["n", "4"]]


def test_a_workbook_says_exactly_what_it_was_given() -> None:
    texts = ["", '<b> & "q" \' ]]>', " spaces  kept ", "two\nlines\r\nand\rmore", "Ünal 李小龙 🙂 آنا", "12", "a\x0bb"]
    file = io.BytesIO(b"".join(export_formats.as_xlsx(texts, [])))
    (sheet,) = load_workbook(file).worksheets
    assert list(sheet.values) == [(None, *texts[1:-1], "ab")]


def test_the_first_bytes_of_each_kind_come_before_anything_is_read() -> None:
    def never() -> Any:
        raise AssertionError("read too soon")
        yield

    for write in (export_formats.as_csv, export_formats.as_xlsx):
        assert next(iter(write(never(), never())))
    assert next(iter(export_formats.as_json(never())))


def test_a_workbook_of_many_rows_comes_in_small_pieces() -> None:
    """And neither its size nor a list of its parts is known beforehand."""
    row = ["reader@example.org", "Rosa Marin", "Lyon"]
    pieces = [len(piece) for piece in export_formats.as_xlsx(["a", "b", "c"], (row for _number in range(50_000)))]
    assert len(pieces) > 10
    assert max(pieces) < 1 << 20


def test_json_is_exact(people: None, now: datetime) -> None:
    found = json.loads(b"".join(exporting.export(kind=Kind.JSON, by="staff:1", now=now)))
    assert [reader["name"] for reader in found] == FORMULAS
    assert found[0]["attributes"] == {"=evil": "\x01=x"}
    assert json.loads(b"".join(exporting.export(kind=Kind.JSON, asked=Filter(text="nobody"), by="staff:1", now=now))) == []


def test_who_has_left_a_list_is_told_from_who_has_not(make_subscriber: Any, mailing_list: MailingList, now: datetime) -> None:
    other = MailingList.objects.create(name="Another", slug="another")
    reader = make_subscriber("ana@example.org", mailing_list)
    Subscription.objects.create(subscriber=reader, list=other, state="left", since=now)

    def given(kind: Kind, **more: Any) -> bytes:
        return b"".join(exporting.export(kind=kind, by="staff:1", now=now, **more))

    (row,) = csv.DictReader(io.StringIO(given(Kind.CSV).decode("utf-8-sig")))
    assert row["lists"] == "Another: left; The Courier: active"
    (found,) = json.loads(given(Kind.JSON))
    assert [(one["list"], one["state"]) for one in found["lists"]] == [("Another", "left"), ("The Courier", "active")]
    known = MailingList.objects.filter(pk=other.pk)
    assert "The Courier" not in given(Kind.JSON, lists=known).decode()


def test_a_search_is_exported_and_the_record_holds_no_address(people: None, mailing_list: MailingList, now: datetime) -> None:
    asked = Filter(list=mailing_list.pk, text="r3@example.org")
    pieces = exporting.export(kind=Kind.CSV, asked=asked, by="staff:1", now=now)
    assert b"".join(pieces).decode().count("\r\n") == 2
    assert Entry.objects.get(action="readers.exported").details == {
        "list": mailing_list.pk,
        "format": "csv",
        "searched": True,
    }


def test_the_first_piece_comes_before_the_last_row_is_read() -> None:
    read: list[int] = []

    def heading() -> Any:
        read.append(-1)
        yield "n"

    def rows() -> Any:
        for number in range(5000):
            read.append(number)
            yield [str(number)]

    pieces = export_formats.as_csv(heading(), rows())
    assert (next(pieces).decode(), read) == ("\ufeff", [])
    assert (next(pieces).decode(), read) == ('"n"\r\n', [-1, 0])
    assert sum(piece.count(b"\n") for piece in pieces) == 5000
