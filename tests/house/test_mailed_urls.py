"""A path once mailed is a promise for ever: every shape is still in the table, and every one in the table is answered."""

from pathlib import Path

import pytest
from django.urls import resolve

from masthead.common.urls import PATHS, path

#: Every shape that a release has ever put into a mail, a feed or a page. Lines are only added.
PROMISED = (Path(__file__).parent / "mailed_urls.txt").read_text().split()
VALUES = {
    "number": "1971",
    "language": "fr",
    "year": "2026",
    "document": "99",
    "token": "a" * 39,
    "form": "harbour-friends",
    "name": "0" * 64 + ".jpg",
}


@pytest.mark.parametrize("shape", PROMISED)
def test_a_promised_shape_stays_in_the_table(shape: str) -> None:
    assert shape in PATHS.values()


def test_every_shape_in_the_table_is_promised() -> None:
    assert sorted(PATHS.values()) == sorted(PROMISED)


@pytest.mark.parametrize("name", PATHS)
def test_a_shape_in_the_table_is_answered_under_its_name(name: str) -> None:
    from string import Formatter

    fields = [field for _, field, _, _ in Formatter().parse(PATHS[name]) if field]
    match = resolve(path(name, **{field: VALUES[field] for field in fields}))
    assert match.url_name == name
