"""Rows that need no closer look say what a closer look says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from masthead.audience import defining
from masthead.audience.imports.columns import recognise
from masthead.audience.imports.plain_rows import plain_rows
from masthead.audience.imports.rows import RowReader
from masthead.common.csv_rows import Block, Layout

pytestmark = pytest.mark.django_db

ADDRESSES = (
    *("rosa@example.org", "Rosa@Example.ORG", "a.b+c@x-y.example", "leo@example.1", "-leo@example.org", "=1@example.org", ""),
    *(f"{'x' * 64}@e.org", f"{'x' * 65}@e.org", f"x@{'a' * 63}.org", f"x@{'a' * 64}.org", f"x@{'a.' * 126}org", "x@localhost"),
    *(
        "ä@example.org",
        " rosa@example.org",
        "rosa@example.org ",
        "a..b@example.org",
        "x@ab--c.org",
        "x@a_b.org",
        "x@e.org.",
        "x@org",
    ),
)
ADDRESS = st.one_of(
    st.sampled_from(ADDRESSES), st.from_regex(r"[a-zA-Z.+=|'-]{1,4}@[a-zA-Z0-9.-]{1,6}\.[a-z0-9]{1,3}", fullmatch=True)
)
CELLS = ("", "Lyon", "é", "a b", "a  b", " a", "a ", "a\\b", "100 %", "%s", "\u00a0", "a\u2028b", "\x1f", "\t", "x" * 201)
CELL = st.one_of(
    st.sampled_from(CELLS), st.text(st.characters(exclude_characters='\n\r"', exclude_categories=["Cs"]), max_size=6)
)
HEADINGS = ("email,name,city,colour 100%", "colour,email", "name,email,city", "email", "x,,email,name,-")


@pytest.mark.parametrize("heading", HEADINGS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_plain_row_is_what_a_closer_look_finds(heading: str, data: st.DataObject) -> None:
    separator = data.draw(st.sampled_from([",", ";", "\t"]))
    columns = recognise(heading.split(","))
    reader = RowReader(columns)
    plain = plain_rows(reader, Layout("utf-8", separator, 0))
    assert plain is not None
    width = data.draw(st.sampled_from([columns.width] * 5 + [columns.width + 1]))
    rows = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=5))
    for row in rows:
        row[columns.address] = data.draw(ADDRESS)
    texts = [separator.join(row) for row in rows]
    found = plain.read(Block(7, texts, separator))
    assert len(found) == len(texts)
    for number, (text, row) in enumerate(zip(texts, found, strict=True)):
        if row is None:
            continue
        cells = text.split(separator)
        expected, mark = reader.read(cells)
        shown = cells[columns.address].strip()
        assert row == (*expected, 7 + number, None if shown == expected[0] else shown)
        assert row[3] == mark


def test_the_usual_rows_are_plain() -> None:
    columns = recognise(["email", "name", "city", "colour"])
    plain = plain_rows(RowReader(columns), Layout("utf-8", ",", 0))
    assert plain is not None
    texts = ["Rosa@Example.org,Rosa Marin,Lyon,blue", "", "leo@example.org,Zoë,,", "x,y,z,", "ida@example.org,a  b,,"]
    found = plain.read(Block(2, texts, ","))
    assert [row and (row[0], row[4], row[7], row[8], row[9]) for row in found] == [
        ("Rosa@example.org", "Rosa Marin", '{"city": "Lyon", "colour": "blue"}', 2, "Rosa@Example.org"),
        None,
        ("leo@example.org", "Zoë", "{}", 4, None),
        None,
        None,
    ]


def test_where_more_than_text_is_meant_every_row_is_looked_at(now: Any) -> None:
    defining.create(kind="number", label="Age", by="staff:1", now=now)
    for heading in ("email,language", "email,first name", "email,format", "email,age"):
        assert plain_rows(RowReader(recognise(heading.split(","))), Layout("utf-8", ",", 0)) is None
    assert plain_rows(RowReader(recognise(["email", "name"])), Layout("utf-8", "|", 0)) is None
    assert plain_rows(RowReader(recognise(["email", "name"])), None) is None
