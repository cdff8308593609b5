"""Plain text goes out as format=flowed and is read back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.encoding.flowed import flowed, unflowed

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1), max_size=40)


@given(st.lists(LINES.map(" ".join), max_size=6).map("\n".join))
def test_any_text_is_read_back(text: str) -> None:
    assert unflowed(flowed(text)).rstrip() == text.rstrip()


def test_lines_are_short_and_end_in_a_blank_where_they_go_on() -> None:
    lines = flowed("word " * 60).split("\r\n")
    assert all(len(line) <= 78 for line in lines)
    assert [line.endswith(" ") for line in lines[:-2]] == [True] * (len(lines) - 2)


@pytest.mark.parametrize("line", [" indented", "> quoted by the author", "From here on", "-- ", "a" * 200])
def test_line_starts_are_protected(line: str) -> None:
    encoded = flowed(f"before\n{line}\nafter")
    assert not any(start in encoded for start in ("\r\n>", "\r\nFrom "))
    assert unflowed(encoded).split("\n")[1].strip() == line.strip()


def test_a_quotation_stays_one() -> None:
    assert unflowed("> one \r\n> and two\r\nthree\r\n") == "> one and two\nthree\n"
