"""What is counted of followed links, and what is kept of who followed them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from masthead.delivery.models import Campaign
from masthead.tracking import counting, lookups
from masthead.tracking.counting import Waiting
from masthead.tracking.machines import Followed, is_machine
from masthead.tracking.models import DaySalt, LinkCount, Visit
from tests.web.conftest import PUBLISHED, publish_edition

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = "".join(f'<p><a href="https://example.org/{n}">Tide {n}</a></p>' for n in range(1, 7))


@pytest.fixture
def campaign(publication: Any) -> Campaign:
    """Sent, with links that are counted."""
    edition = publish_edition(publication, 1971, "Tides", text=PAGE)
    return Campaign.objects.create(
        edition=edition,
        state="finished",
        mail_mode="full",
        started_at=PUBLISHED,
        shared_links=True,
        by="staff:1",
        created_at=PUBLISHED,
    )


@pytest.fixture
def follow(campaign: Campaign, now: datetime) -> Callable[..., Followed]:
    """A function: link, origin, … → one request."""

    def followed(number: int = 1, origin: str = "192.0.2.7", browser: str = BROWSER, at: datetime = now) -> Followed:
        return Followed(campaign.pk, number, origin, browser, at)

    return followed


def sums(number: int = 1) -> tuple[int, int, int]:
    found = LinkCount.objects.filter(number=number)
    return (sum(each.people for each in found), sum(each.again for each in found), sum(each.machines for each in found))


def test_a_hundred_requests_of_one_visitor_are_one_person(follow: Callable[..., Followed]) -> None:
    counting.count([follow()] * 60)
    counting.count([follow()] * 40)
    counting.count([follow(number=2)])
    assert sums() == (1, 99, 0)
    assert sums(2) == (1, 0, 0)
    assert sums(0) == (1, 100, 0)


def test_the_next_day_the_same_visitor_is_counted_again(follow: Callable[..., Followed], now: datetime) -> None:
    counting.count([follow(), follow(at=now + timedelta(days=1))])
    assert sums() == (2, 0, 0)


def test_programs_stand_apart(follow: Callable[..., Followed]) -> None:
    counting.count([follow(browser=""), follow(browser="Mozilla/5.0"), follow(browser="curl/8.5.0"), follow()])
    counting.count([follow(number=number, origin="198.51.100.9") for number in range(1, 6)])
    assert sums() == (1, 0, 4)


def test_browsers_of_people_are_no_programs() -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
    assert not is_machine(BROWSER)
    assert not is_machine(phone)
    assert is_machine("Mozilla/5.0 (compatible; SomeBot/2.1; +https://bot.example)")
    assert is_machine("Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)")


def test_no_address_and_no_browser_is_kept_and_the_salt_goes_with_its_day(
    follow: Callable[..., Followed], now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    counting.count([follow(origin="203.0.113.77", browser="Canary/9.9 of the tests")])
    capsys.readouterr()
    call_command("dumpdata", "tracking")
    kept = capsys.readouterr().out
    assert '"tracking.visit"' in kept
    assert "203.0.113.77" not in kept
    assert "Canary" not in kept
    assert counting.forget(now=now) == 0
    assert counting.forget(now=now + timedelta(days=1)) == 2
    assert (Visit.objects.count(), DaySalt.objects.count(), sums()) == (0, 0, (1, 0, 0))


def test_figures_below_ten_are_not_shown(campaign: Campaign, follow: Callable[..., Followed]) -> None:
    counting.count([follow(origin=f"192.0.2.{n}") for n in range(9)])
    found = lookups.clicks([campaign])
    assert found is not None
    assert (found.together.people, found.links[0].people, found.links[0].share) == (None, None, 0)
    counting.count([follow(origin="192.0.2.200")])
    found = lookups.clicks([campaign])
    assert found is not None
    assert (found.together.people, found.links[0].people, found.links[0].share) == (10, 10, 100)
    assert [each.people for each in found.links[1:]] == [None] * (len(found.links) - 1)


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ([], []),
        ([4], [None]),
        ([12, 0, 30], [12, 0, 30]),
        ([30, 12, 4], [30, None, None]),
        ([30, 12, 4, 7], [30, 12, None, None]),
        ([9, 10], [None, None]),
    ],
)
def test_a_day_below_ten_is_not_told_by_the_other_days(
    campaign: Campaign, now: datetime, people: list[int], shown: list[int | None]
) -> None:
    for n, each in enumerate(people):
        if each:
            LinkCount.objects.create(campaign=campaign, number=0, day=now.date() + timedelta(days=n), people=each)
    found = lookups.clicks([campaign])
    assert found is not None
    assert [each.people for each in found.days] == shown
    assert [each.first for each in found.days] == [now.date() + timedelta(days=n) for n in range(len(people))]


def test_days_after_four_weeks_are_one_figure(campaign: Campaign, now: datetime) -> None:
    for n in (0, 27, 28, 400):
        LinkCount.objects.create(campaign=campaign, number=0, day=now.date() + timedelta(days=n), people=10 + n)
    found = lookups.clicks([campaign])
    assert found is not None
    assert [(each.people, each.is_rest) for each in found.days if each.people] == [(10, False), (37, False), (448, True)]
    assert (len(found.days), found.days[-1].first) == (29, now.date() + timedelta(days=28))


def test_a_campaign_without_counted_links_has_no_figures(campaign: Campaign) -> None:
    campaign.shared_links = False
    assert lookups.clicks([campaign]) is None


def test_what_is_noted_is_written_once_and_waits_while_the_database_cannot(
    follow: Callable[..., Followed], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    asked: list[Callable[[], None]] = []
    waiting = Waiting(asked.append)
    waiting.note(follow())
    waiting.note(follow(number=2))
    assert len(asked) == 1

    def busy(batch: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(counting, "connection", type("Unclosed", (), {"close": staticmethod(lambda: None)}))
    with monkeypatch.context() as patch:
        patch.setattr(counting, "count", busy)
        asked[0]()
    assert len(asked) == 2
    asked[1]()
    assert (sums(), sums(2)) == ((1, 0, 0), (1, 0, 0))
    assert waiting.take() == []


def unwritable(monkeypatch: pytest.MonkeyPatch, tries: int = 99) -> list[int]:
    """The next `tries` to count fail. How many were to be counted each time."""
    from django.db import OperationalError

    really, asked = counting.count, list[int]()

    def busy(batch: Any) -> None:
        asked.append(len(batch))
        if len(asked) <= tries:
            raise OperationalError("database or disk is full")
        really(batch)

    monkeypatch.setattr(counting, "connection", type("Unclosed", (), {"close": staticmethod(lambda: None)}))
    monkeypatch.setattr(counting, "count", busy)
    monkeypatch.setattr(counting, "SECONDS", 0)
    return asked


def test_a_link_leads_on_when_no_thread_can_be_started_and_the_next_one_has_both_counted(follow: Callable[..., Followed]) -> None:
    asked: list[Callable[[], None]] = []

    def later(write: Callable[[], None]) -> None:
        asked.append(write)
        if len(asked) == 1:
            raise RuntimeError("can't start new thread")

    waiting = Waiting(later)
    waiting.note(follow())
    waiting.note(follow(number=2))
    assert len(asked) == 2
    assert len(waiting.take()) == 2


def test_at_the_end_of_the_process_whoever_writes_goes_on_until_it_is_written(
    follow: Callable[..., Followed], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Waiting(lambda write: None)
    waiting.note(follow())
    waiting.note(follow(number=2))
    asked = unwritable(monkeypatch, tries=3)
    monkeypatch.setattr(counting, "_goes_on", lambda: False)
    waiting._write()
    assert asked == [2, 2, 2, 2]
    assert (sums(), sums(2)) == ((1, 0, 0), (1, 0, 0))


def test_a_database_that_cannot_be_written_keeps_no_process_from_ending_and_the_log_says_what_is_missing(
    follow: Callable[..., Followed], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = Waiting(lambda write: None)
    waiting.note(follow())
    asked = unwritable(monkeypatch)
    monkeypatch.setattr(counting, "_goes_on", lambda: False)
    waiting._write()
    assert len(asked) == counting.LAST_TRIES
    assert "1 followed links are not counted" in caplog.text
