"""Each publication has an address of its own, and the one it left goes on working."""

from __future__ import annotations

from typing import Any

import pytest

from masthead.issues import publications, settling
from masthead.issues.publications import BadPublication

pytestmark = pytest.mark.django_db


def make(name: str, now: Any, **fields: Any) -> Any:
    return publications.create(name=name, from_address="news@example.org", by="command line", now=now, **fields)


def test_the_second_publication_gets_a_path_below_the_first(now: Any) -> None:
    first, second, third = (make(name, now) for name in ("The Courier", "Le Quai", "Le Quai"))
    assert [p.public_address for p in (first, second, third)] == [
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8000/le-quai",
        "http://127.0.0.1:8000/le-quai-2",
    ]


@pytest.mark.parametrize("url", ["https://news.example.org", "https://NEWS.example.org/", "http://news.example.org:8080"])
def test_nobody_moves_in_where_somebody_lives(now: Any, url: str) -> None:
    make("The Courier", now, base_url="https://news.example.org")
    assert make("La Plume", now, base_url=url).public_address == url.rstrip("/") + "/la-plume"
    other = make("Le Quai", now)
    with pytest.raises(BadPublication, match=r"The Courier.*such as https://news\.example\.org/le-quai"):
        settling.change(publication=other, values={"base_url": url}, by="staff:1", now=now)
    other.refresh_from_db()
    assert other.base_url == ""


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/issues", "issues"),
        ("/desk/x", "desk"),
        ("/1971", "1971"),
        ("/M", "M"),
        ("/a b", "a b"),
        ("/x/../y", r"\.\."),
        ("?a=1", "look like"),
    ],
)
def test_a_path_that_means_something_else_is_refused(now: Any, path: str, word: str) -> None:
    with pytest.raises(BadPublication, match=word):
        make("The Courier", now, base_url="https://news.example.org" + path)


def test_a_name_that_is_a_path_of_the_site_gets_another_short_name(now: Any) -> None:
    assert make("Issues", now).slug == "issues-2"


def test_a_publication_that_moves_remembers_where_mails_say_it_is(now: Any, publication: Any, publish_one: Any) -> None:
    for url in ("https://news.example.org/courier", "https://courier.example.org", "https://news.example.org/courier"):
        settling.change(publication=publication, values={"base_url": url}, by="staff:1", now=now)
    publication.refresh_from_db()
    assert publication.former_urls == ["http://127.0.0.1:8000", "https://courier.example.org"]


def test_before_anything_was_published_nothing_is_remembered(now: Any, publication: Any) -> None:
    settling.change(publication=publication, values={"base_url": "https://courier.example.org"}, by="staff:1", now=now)
    publication.refresh_from_db()
    assert publication.former_urls == []


@pytest.fixture
def publish_one(publication: Any) -> Any:
    from tests.web.conftest import publish_edition

    return publish_edition(publication, 1970, "Tides")
