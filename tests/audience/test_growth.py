"""How lists grow and shrink."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from masthead.audience import consent, growth, lookups, staying
from masthead.audience.bulk import acting, undoing
from masthead.audience.growth import PERIODS, AtLeast, Period, Since, Step
from masthead.audience.imports import taking_back
from masthead.audience.models import BulkAction, MailingList, Reconfirmation, Subscriber
from masthead.common.addresses import normalise
from masthead.mail import suppressions
from masthead.mail.models import Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def lives(make_subscriber: Any, mailing_list: MailingList, now: datetime) -> MailingList:
    """Three joined, one of them left, another one's address died; a dead one of another list is no business of this."""
    extra = MailingList.objects.create(name="Extra", slug="extra")
    readers = [make_subscriber(f"r{number}@example.org") for number in range(4)]
    for reader, ago in zip(readers, (45, 9, 1, 1), strict=True):
        to = extra if reader is readers[3] else mailing_list
        at = now - timedelta(days=ago)
        consent.add_by_staff(subscriber=reader, lists=[to], reason="By phone.", by="staff:1", now=at)
    consent.withdraw(subscriber=readers[0], how="one-click", by="reader", now=now)
    for reader in (readers[1], readers[3]):
        reason = Suppression.Reason.BOUNCED
        suppressions.suppress(address=normalise(reader.address), reason=reason, by="system", now=now - timedelta(days=2))
    return extra


def test_days_are_counted_one_by_one(lives: MailingList, mailing_list: MailingList, now: datetime) -> None:
    days = growth.by_list(now=now, lists=[mailing_list])[mailing_list.pk]
    assert len(days) == 30
    assert [each for each in days if each != Period(each.first)] == [
        Period(date(2026, 11, 13), joined=1),
        Period(date(2026, 11, 20), bounced=1),
        Period(date(2026, 11, 21), joined=1),
        Period(date(2026, 11, 22), left=1),
    ]


def test_weeks_begin_on_monday_and_months_on_their_first(lives: MailingList, mailing_list: MailingList, now: datetime) -> None:
    weeks = growth.by_list(now=now, step=Step.WEEK)[mailing_list.pk]
    assert weeks[-1] == Period(date(2026, 11, 16), joined=1, left=1, bounced=1)
    months = growth.by_list(now=now, step=Step.MONTH)[mailing_list.pk]
    assert months[-2:] == [Period(date(2026, 10, 1), joined=1), Period(date(2026, 11, 1), joined=2, left=1, bounced=1)]
    assert (len(weeks), len(months)) == (PERIODS[Step.WEEK], PERIODS[Step.MONTH])
    assert months[0].first == date(2024, 12, 1)


def test_all_lists_cost_as_many_questions_as_one(lives: MailingList, now: datetime) -> None:
    for number in range(5):
        MailingList.objects.create(name=f"More {number}", slug=f"more-{number}")
    with CaptureQueriesContext(connection) as asked:
        found = growth.by_list(now=now)
    assert len(asked) == 3
    whole = growth.together(found.values())
    assert (sum(each.joined for each in whole), sum(each.bounced for each in whole)) == (3, 2)
    assert growth.together([]) == []


def test_who_bounced_out_is_counted_on_the_list(lives: MailingList, mailing_list: MailingList) -> None:
    assert lookups.counts()[mailing_list.pk] == lookups.ListCounts(active=2, left=1, suppressed=1, bounced=1)


def test_since_a_moment_each_reader_is_counted_once(lives: MailingList, mailing_list: MailingList, now: datetime) -> None:
    reader = Subscriber.objects.get(address="r2@example.org")
    consent.add_by_staff(subscriber=reader, lists=[lives], reason="By phone.", by="staff:1", now=now)
    both = growth.since(moment=now - timedelta(days=9), lists=[mailing_list, lives])
    assert both == Since(joined=AtLeast(3), left=AtLeast(1))
    assert growth.since(moment=now - timedelta(days=1), lists=[mailing_list]) == Since(AtLeast(1), AtLeast(1))
    assert growth.since(moment=now + timedelta(seconds=1), lists=[mailing_list, lives]) == Since(AtLeast(0), AtLeast(0))


def test_after_a_large_import_it_is_not_counted_to_the_end(
    lives: MailingList, mailing_list: MailingList, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "MOST_COUNTED", 2)
    with CaptureQueriesContext(connection) as asked:
        found = growth.since(moment=now - timedelta(days=60), lists=[mailing_list, lives])
    assert found == Since(joined=AtLeast(2, is_more=True), left=AtLeast(1))
    assert [query["sql"].rpartition("LIMIT")[2].strip() for query in asked] == ["3", "3"]


def standing_of(mailing_list: MailingList, now: datetime) -> tuple[list[Period], Since]:
    """What the days show, and what Home shows since a month ago."""
    days = growth.by_list(now=now, lists=[mailing_list])[mailing_list.pk]
    shown = [each for each in days if each != Period(each.first)]
    return shown, growth.since(moment=now - timedelta(days=29), lists=[mailing_list])


def test_an_import_that_was_taken_back_brought_nobody(
    load: Any, make_subscriber: Any, lives: MailingList, mailing_list: MailingList, now: datetime
) -> None:
    known = make_subscriber("known@example.org")
    consent.add_by_staff(subscriber=known, lists=[lives], reason="By phone.", by="staff:1", now=now)
    before = standing_of(mailing_list, now)
    run = load("email\nknown@example.org\nnew@example.org\n")
    assert standing_of(mailing_list, now)[0][-1] == Period(now.date(), joined=2, left=1)
    taking_back.begin(run=run, by="staff:1", now=now)
    taking_back.work(run=run, by="staff:1", now=now + timedelta(days=1))
    assert known.consent_events.filter(kind="undone").exists()
    assert standing_of(mailing_list, now) == before


def test_an_action_on_many_that_was_taken_back_did_nothing(lives: MailingList, mailing_list: MailingList, now: datetime) -> None:
    before = standing_of(mailing_list, now)
    everybody = list(Subscriber.objects.values_list("pk", flat=True))
    action = acting.begin(what=BulkAction.What.LEAVE, chosen=everybody, mailing_list=mailing_list, by="staff:1", now=now)
    acting.work(action=action, now=now)
    assert standing_of(mailing_list, now)[0][-1] == Period(now.date(), left=3)
    undoing.begin(action=action)
    undoing.work(action=action, by="staff:1", now=now)
    assert standing_of(mailing_list, now) == before


def test_who_left_and_took_it_back_neither_left_nor_joined(lives: MailingList, mailing_list: MailingList, now: datetime) -> None:
    before = standing_of(mailing_list, now)
    reader = Subscriber.objects.get(address="r2@example.org")
    for hours in (1, 2):
        at = now + timedelta(hours=hours)
        consent.withdraw(subscriber=reader, how="one-click", by="reader", now=at)
        consent.rejoin(subscriber=reader, by="reader", now=at + timedelta(minutes=1))
    assert standing_of(mailing_list, now) == before
    # Leaving for good and asking anew is both.
    consent.withdraw(subscriber=reader, how="preferences", by="reader", now=now)
    consent.choose(subscriber=reader, lists=[mailing_list], among=[mailing_list], how="preferences", now=now)
    shown, since = standing_of(mailing_list, now)
    assert shown[-1] == Period(now.date(), joined=1, left=2)
    assert since == Since(joined=AtLeast(2), left=AtLeast(2))


def test_an_undo_of_today_takes_nothing_from_who_left_long_before(
    lives: MailingList, mailing_list: MailingList, now: datetime
) -> None:
    reader = Subscriber.objects.get(address="r2@example.org")
    long_ago = now - timedelta(hours=20)
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=long_ago)
    consent.choose(subscriber=reader, lists=[mailing_list], among=[mailing_list], how="preferences", now=long_ago)
    later = now + timedelta(hours=10)
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=later)
    consent.rejoin(subscriber=reader, by="reader", now=later)
    shown, since = standing_of(mailing_list, later)
    assert shown[-2:] == [Period(date(2026, 11, 21), joined=2, left=1), Period(now.date(), left=1)]
    assert since.left == AtLeast(2)


def test_whom_a_round_of_questions_took_off_and_put_back_stayed(
    lives: MailingList, mailing_list: MailingList, now: datetime
) -> None:
    before = standing_of(mailing_list, now)
    reader = Subscriber.objects.get(address="r2@example.org")
    how = f"{Reconfirmation.HOW} 1"
    consent.withdraw(subscriber=reader, lists=[mailing_list], how=how, by="system", now=now)
    staying.put_back(subscriber=reader, mailing_list=mailing_list, left_at=now, how=how, by="staff:1", now=now)
    assert standing_of(mailing_list, now) == before


@pytest.mark.parametrize("taken_off", [False, True])
def test_who_says_yes_to_a_round_of_questions_joins_nothing(
    lives: MailingList, mailing_list: MailingList, now: datetime, taken_off: bool
) -> None:
    before = standing_of(mailing_list, now)
    reader, how = Subscriber.objects.get(address="r2@example.org"), f"{Reconfirmation.HOW} 1"
    if taken_off:
        consent.withdraw(subscriber=reader, lists=[mailing_list], how=how, by="system", now=now - timedelta(days=1))
        assert standing_of(mailing_list, now) != before
    staying.reaffirm(subscriber=reader, mailing_list=mailing_list, how=how, text="Yes.", now=now)
    assert standing_of(mailing_list, now) == before
