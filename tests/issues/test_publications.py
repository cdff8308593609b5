"""Publications: made in test mode, taken live when everything is there."""

from __future__ import annotations

from typing import Any

import pytest

from masthead.audit.models import Entry
from masthead.common.sharing import CHANNELS
from masthead.issues import publications
from masthead.issues.models import Publication
from masthead.issues.publications import BadPublication, CannotGoLive

pytestmark = pytest.mark.django_db

GOOD = {
    "name": "The Courier",
    "from_address": "courier@example.org",
    "base_url": "https://courier.example.org/",
    "imprint": "The Courier, 7 Quay Street",
}


def test_it_begins_in_test_mode_with_facebook_first(now: Any) -> None:
    made = publications.create(**GOOD, by="command line", now=now)
    assert not made.is_live
    assert (made.base_url, made.tag_authority, made.from_name) == (
        "https://courier.example.org",
        "courier.example.org,2026",
        "The Courier",
    )
    assert made.share_mail[0] == made.share_web[0] == "facebook"
    assert set(made.share_mail) | set(made.share_web) <= set(CHANNELS)
    assert Entry.objects.get().action == "publication.created"


def test_it_can_go_live_at_once(now: Any) -> None:
    assert publications.create(**GOOD, live=True, by="command line", now=now).is_live


def test_an_address_on_this_machine_will_do(now: Any) -> None:
    assert publications.create(**{**GOOD, "base_url": "http://127.0.0.1:8099"}, live=True, by="command line", now=now).is_live


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"imprint": " "}, "imprint"),
        ({"base_url": "http://courier.example.org"}, "https://"),
        ({"from_address": "courier@gmail.com"}, "domain of your own"),
        ({"from_address": "courier@YAHOO.co.uk"}, "domain of your own"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_made(change: dict[str, str], reason: str, now: Any) -> None:
    with pytest.raises(CannotGoLive, match=reason) as caught:
        publications.create(**{**GOOD, **change}, live=True, by="command line", now=now)
    assert len(caught.value.reasons) == 1
    assert not Publication.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"from_address": "courier"},
        {"from_address": "a@example.org\r\nBcc: b@example.org"},
        {"base_url": "courier.example.org"},
        {"base_url": "https://[x"},
        {"base_url": "https://example.org/?a=b"},
        {"time_zone": "Mars/Olympus"},
        {"next_number": 0},
        {"reply_to": "nobody"},
    ],
)
def test_a_field_that_cannot_be_so_is_refused(change: dict[str, Any], now: Any) -> None:
    with pytest.raises(BadPublication):
        publications.create(**{**GOOD, **change}, by="command line", now=now)


def test_two_of_one_name_have_two_short_names(now: Any) -> None:
    made = [publications.create(**GOOD, by="command line", now=now).slug for _ in range(3)]
    assert made == ["the-courier", "the-courier-2", "the-courier-3"]
    assert publications.create(**{**GOOD, "name": "پیک"}, by="command line", now=now).slug == "bulletin"


def test_the_next_number_only_goes_up_once_one_was_taken(issue: Any, now: Any) -> None:
    from masthead.issues import freezing

    publication = issue.publication
    publications.set_next_number(publication=publication, number=12, by="staff:1", now=now)
    publications.set_next_number(publication=publication, number=1971, by="staff:1", now=now)
    freezing.freeze(issue=issue, by="staff:1", now=now)
    with pytest.raises(BadPublication, match="only go up from 1972"):
        publications.set_next_number(publication=publication, number=1, by="staff:1", now=now)


def test_going_back_to_test_mode_is_recorded(publication: Any, now: Any) -> None:
    publications.return_to_test_mode(publication=publication, by="staff:1", now=now)
    assert not Publication.objects.get().is_live
    assert Entry.objects.get().action == "publication.returned_to_test"


def test_a_mail_speaks_in_its_publications_voice(publication: Any) -> None:
    publication.language = "fa"
    sender = publications.sender_of(publication)
    assert (sender.name, sender.address, sender.direction, sender.base_url, sender.test_mode) == (
        "The Courier",
        "courier@example.org",
        "rtl",
        "http://127.0.0.1:8000",
        False,
    )
