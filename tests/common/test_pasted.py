"""Addresses as people paste them."""

from __future__ import annotations

import pytest

from masthead.common import pasted


@pytest.mark.parametrize(
    ("line", "entries"),
    [
        ("rosa@example.org", [("rosa@example.org", "")]),
        ("Rosa Marin <rosa@example.org>, leo@example.net", [("rosa@example.org", "Rosa Marin"), ("leo@example.net", "")]),
        ('"Vance, Leo" <leo@example.net>; <a@b.example>', [("leo@example.net", "Vance, Leo"), ("a@b.example", "")]),
        ("Marin, Rosa <rosa@example.org>", [("rosa@example.org", "Marin, Rosa")]),
        ("a@b.example c@d.example", [("a@b.example", ""), ("c@d.example", "")]),
        ("a@b.example (Ann B)", [("a@b.example", "Ann B")]),
        ("nonsense; a@b.example", [("nonsense", ""), ("a@b.example", "")]),
        (" , ;", []),
    ],
)
def test_each_entry_of_a_line_is_found_with_its_name(line: str, entries: list[tuple[str, str]]) -> None:
    assert pasted.split(line) == entries


@pytest.mark.parametrize(
    ("lines", "yes"),
    [
        (["Rosa <rosa@example.org>"], True),
        (["a@b.example, c@d.example"], True),
        (["a@b.example", "c@d.example"], False),
        (["email,name", "a@b.example,Ann"], False),
        (["a@b.example,Ann", "c@d.example,Bo"], False),
        ([], False),
    ],
)
def test_a_table_is_told_from_pasted_addresses(lines: list[str], yes: bool) -> None:
    assert pasted.looks_pasted(lines) is yes
