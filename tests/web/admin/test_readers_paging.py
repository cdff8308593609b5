"""A long list of readers, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from masthead.audience.models import MailingList, Subscriber
from masthead.team.models import Role
from masthead.web.admin.readers import listing, paging

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(at_desk: Callable[[Role], Client]) -> Client:
    """The browser of who looks after readers."""
    return at_desk(Role.READER_CARE)


def look(desk: Client, query: str = "") -> tuple[list[str], str, dict[str, str]]:
    """The local parts of the addresses, the caption, and the queries behind "Back" and "Next"."""
    soup = BeautifulSoup(desk.get(reverse("desk_readers") + query).content, "html.parser")
    addresses = [link.text.split("@")[0] for link in soup.select("a.desk-main")]
    caption = soup.select_one("table.desk-table caption")
    return addresses, caption.text if caption else "", {link["rel"][0]: str(link["href"]) for link in soup.select("nav a[rel]")}


@pytest.fixture
def seven(make_subscriber: Any, mailing_list: MailingList, monkeypatch: pytest.MonkeyPatch) -> list[Subscriber]:
    """Readers whose names and domains are not all different; three stand on a page."""
    monkeypatch.setattr(listing, "A_PAGE", 3)
    about = ["f Ann x", "b Bo y", "d Ann x", "a Cy y", "g Ann x", "e Bo x", "c Di x"]
    return [
        make_subscriber(f"{local}@{domain}.example", mailing_list, name=name)
        for local, name, domain in (entry.split() for entry in about)
    ]


@pytest.mark.parametrize(
    ("sort", "whole"),
    [("", "cegadbf"), ("old", "fbdagec"), ("address", "abcdefg"), ("name", "fdgbeac"), ("domain", "fdgecba")],
)
def test_each_order_can_be_walked_to_its_end_and_back(desk: Client, seven: list[Subscriber], sort: str, whole: str) -> None:
    first, caption, ways = look(desk, f"?list=&sort={sort}")
    assert (first, caption, set(ways)) == (list(whole[:3]), "7 readers", {"next"})
    second, _caption, ways = look(desk, ways["next"])
    assert (second, set(ways)) == (list(whole[3:6]), {"prev", "next"})
    third, caption, ways = look(desk, ways["next"])
    assert (third, caption, set(ways)) == (list(whole[6:]), "7 readers", {"prev"})
    again, _caption, ways = look(desk, ways["prev"])
    assert (again, set(ways)) == (second, {"prev", "next"})
    begin, _caption, ways = look(desk, ways["prev"])
    assert (begin, set(ways)) == (first, {"next"})


def test_a_filter_goes_along_and_one_page_has_no_ways(desk: Client, seven: list[Subscriber]) -> None:
    first, caption, ways = look(desk, "?domain=x.example&sort=address")
    assert (first, caption) == (["c", "d", "e"], "5 readers")
    second, _caption, ways = look(desk, ways["next"])
    assert (second, set(ways)) == (["f", "g"], {"prev"})
    assert look(desk, "?domain=y.example") == (["a", "b"], "2 readers", {})


def test_many_are_counted_up_to_a_limit(desk: Client, seven: list[Subscriber], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED", 6)
    _first, caption, _ways = look(desk)
    assert caption == "more than 6 readers"
    assert "all readers found" in desk.get(reverse("desk_readers")).content.decode()
    monkeypatch.setattr(paging, "COUNTED", 7)
    assert look(desk)[1] == "7 readers"
    monkeypatch.setattr(paging, "COUNTED_OF_A_SEARCH", 4)
    assert look(desk, "?domain=x.example")[1] == "5 readers"
    assert look(desk, "?q=x.example")[1] == "more than 4 readers"


def test_beside_a_reader_who_is_gone_the_list_begins_anew(desk: Client, seven: list[Subscriber]) -> None:
    gone = seven[3].pk
    seven[3].delete()
    for query in (f"?after={gone}", f"?before={gone}", f"?after={seven[0].pk}"):
        assert look(desk, query)[0] == ["c", "e", "g"]
