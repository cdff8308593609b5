"""What is kept of readers who agreed, for how long, and that nothing is kept of anybody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from masthead.audience import consent, erasure, exporting, merging, tracking_consent
from masthead.audience.models import ConsentEvent, Subscription, TrackingConsent
from masthead.delivery.models import Campaign, Delivery
from masthead.tracking import counting, forgetting, readers
from masthead.tracking.machines import Followed
from masthead.tracking.models import LinkCount, Reading, ReadingSum

pytestmark = pytest.mark.django_db
Sent, Did, Number = Callable[..., Delivery], Callable[..., Followed], Callable[[int], int]


def kept() -> dict[tuple[str, int], tuple[int, int]]:
    """Times and programs, by the first letter of the address and the number of the link."""
    rows = Reading.objects.select_related("subscriber")
    return {(each.subscriber.address[0], each.number): (each.times, each.programs) for each in rows}


def test_opening_and_following_are_kept_by_reader_and_counted_for_nobody_else(sent: Sent, did: Did, number_of: Number) -> None:
    rosa, leo = sent("rosa@example.org"), sent("leo@example.org")
    one, two = number_of(1), number_of(2)
    counting.count([did(rosa), did(rosa), did(rosa, one), did(leo, two)])
    counting.count([did(rosa, one)])
    # Leo's mail shows no pictures: whoever follows a link has opened it.
    assert kept() == {("r", 0): (2, 0), ("r", one): (2, 0), ("l", two): (1, 0), ("l", 0): (1, 0)}
    assert not LinkCount.objects.exists()


def test_of_who_did_not_agree_nothing_is_kept_and_their_link_is_counted_as_anybodys(
    sent: Sent, did: Did, number_of: Number, tracked: Campaign
) -> None:
    other = sent("other@example.org", agreed=False)
    counting.count([did(other), did(other, number_of(1))])
    assert not Reading.objects.exists()
    assert sorted(LinkCount.objects.values_list("number", "people")) == [(0, 1), (number_of(1), 1)]


@pytest.mark.parametrize("level", ["links", "nothing"])
def test_keeping_stops_at_once_with_the_level_of_the_publication(
    sent: Sent, did: Did, number_of: Number, publication: Any, level: str
) -> None:
    rosa = sent("rosa@example.org")
    publication.measuring = level
    publication.save(update_fields=["measuring"])
    counting.count([did(rosa), did(rosa, number_of(1))])
    assert not Reading.objects.exists()


def test_consent_to_one_publication_is_none_to_another(sent: Sent, did: Did, publication: Any) -> None:
    rosa = sent("rosa@example.org")
    TrackingConsent.objects.update(publication=publication.pk + 1)
    counting.count([did(rosa)])
    assert not Reading.objects.exists()


def test_programs_stand_apart_and_open_nothing(sent: Sent, did: Did, number_of: Number, tracked: Campaign) -> None:
    rosa, leo = sent("rosa@example.org"), sent("leo@example.org")
    counting.count([did(rosa, browser="Mozilla/5.0"), did(rosa, browser="Firefox/11.0 (via ggpht.com GoogleImageProxy)")])
    counting.count([did(leo, number) for number in (0, *map(number_of, range(1, 6)))])
    assert set(kept().values()) == {(0, 2), (0, 1)}
    found = readers.of_campaign(tracked)
    assert found is not None
    assert (found.agreed, found.opened, found.followed, found.programs) == (2, 0, 0, 8)
    counting.count([did(rosa)])
    assert kept()["r", 0] == (1, 2)
    row = Reading.objects.get(subscriber=rosa.subscriber_id, number=0)
    assert row.first_at is not None
    assert row.first_at == row.last_at


def test_moments_are_of_minutes_and_the_first_one_stays(sent: Sent, did: Did, now: datetime) -> None:
    rosa = sent("rosa@example.org")
    counting.count([did(rosa, at=now + timedelta(seconds=33))])
    counting.count([did(rosa, at=now + timedelta(days=1, seconds=5))])
    row = Reading.objects.get()
    assert (row.first_at, row.last_at, row.times) == (now, now + timedelta(days=1), 2)


def test_no_address_of_the_net_and_no_browser_is_kept(sent: Sent, did: Did, capsys: pytest.CaptureFixture[str]) -> None:
    counting.count([did(sent("rosa@example.org"), origin="203.0.113.77", browser="Canary/9.9 of the tests")])
    capsys.readouterr()
    call_command("dumpdata", "tracking", "audience.trackingconsent")
    found = capsys.readouterr().out
    assert '"tracking.reading"' in found
    assert "203.0.113" not in found
    assert "Canary" not in found


def test_withdrawing_forgets_at_once_and_is_in_the_ledger(
    sent: Sent, did: Did, number_of: Number, publication: Any, now: datetime
) -> None:
    rosa, leo = sent("rosa@example.org"), sent("leo@example.org")
    counting.count([did(rosa), did(rosa, number_of(1)), did(leo)])
    reader = rosa.subscriber
    assert reader is not None
    assert forgetting.withdraw(subscriber=reader, publication=publication, how="account", by="reader", now=now)
    assert not forgetting.withdraw(subscriber=reader, publication=publication, how="account", by="reader", now=now)
    counting.count([did(rosa), did(rosa, number_of(1))])
    assert {letter for letter, _number in kept()} == {"l"}
    events = [(each.kind, each.how, each.by, each.details["called"]) for each in reader.consent_events.order_by("id")]
    assert events == [("tracked", "account", "reader", "The Courier"), ("untracked", "account", "reader", "The Courier")]
    given = reader.consent_events.order_by("id")[0]
    assert given.text is not None
    assert given.text.text == "I agree."
    assert reader.subscriptions.get().state == Subscription.State.ACTIVE, "who ends tracking stays on the list"


def test_a_merged_reader_withdraws_for_both_addresses(sent: Sent, did: Did, publication: Any, now: datetime) -> None:
    rosa, other = sent("rosa@example.org"), sent("other@example.org")
    assert rosa.subscriber is not None
    assert other.subscriber is not None
    merging.merge(keep=rosa.subscriber, away=other.subscriber, by="staff:1", now=now)
    counting.count([did(rosa), did(other)])
    assert len(kept()) == 2
    forgetting.withdraw(subscriber=rosa.subscriber, publication=publication, how="account", by="reader", now=now)
    assert (kept(), TrackingConsent.objects.count()) == ({}, 0)


def test_erasing_a_reader_erases_what_was_kept_of_them(sent: Sent, did: Did, now: datetime) -> None:
    rosa = sent("rosa@example.org")
    counting.count([did(rosa)])
    assert rosa.subscriber is not None
    erasure.erase(subscriber=rosa.subscriber, by="reader", now=now)
    counting.count([did(rosa)])
    assert (Reading.objects.count(), TrackingConsent.objects.count()) == (0, 0)


def test_leaving_ends_it_once_it_cannot_be_undone(sent: Sent, did: Did, now: datetime) -> None:
    rosa, leo = sent("rosa@example.org"), sent("leo@example.org")
    counting.count([did(rosa), did(leo)])
    assert rosa.subscriber is not None
    consent.withdraw(subscriber=rosa.subscriber, how="unsubscribe page", by="reader", now=now)
    assert forgetting.forget(now=now + timedelta(hours=1)) == 0
    assert forgetting.forget(now=now + timedelta(hours=25)) == 1
    assert {letter for letter, _number in kept()} == {"l"}
    ended = ConsentEvent.objects.get(kind="untracked")
    assert (ended.subscriber_id, ended.by, ended.how) == (rosa.subscriber_id, "system", "left")


def test_after_its_days_a_sending_has_figures_and_no_readers(
    sent: Sent, did: Did, number_of: Number, tracked: Campaign, settings: Any, now: datetime
) -> None:
    settings.TRACKING_DAYS = 30
    deliveries = [sent(f"{letter}@example.org") for letter in "abcdefghijkl"]
    counting.count([did(each) for each in deliveries])
    counting.count([did(each, number_of(1)) for each in deliveries[:10]])
    counting.count([did(each, number_of(2)) for each in deliveries[:3]])
    before = readers.of_campaign(tracked)
    assert before is not None
    assert (before.agreed, before.opened, before.opened_share, before.followed) == (12, 12, 100, 10)
    assert forgetting.forget(now=now + timedelta(days=29)) == 0
    assert forgetting.forget(now=now + timedelta(days=30)) == 25
    assert not Reading.objects.exists()
    after = readers.of_campaign(tracked)
    assert after is not None
    assert (after.agreed, after.opened, after.followed, after.summed_at) == (12, 12, 10, now + timedelta(days=30))
    shown = {each.number: each.readers for each in after.links}
    assert (shown[number_of(1)], shown[number_of(2)], shown[number_of(3)]) == (10, None, 0), "below ten it could be somebody"
    assert [(day.first, day.people) for day in after.days] == [(now.date(), 12)]
    # What comes later is nobody's any more, and a night later nothing changes.
    counting.count([did(deliveries[0], number_of(1), at=now + timedelta(days=31))])
    settings.TRACKING_DAYS = 300
    counting.count([did(deliveries[0], number_of(1))])
    assert not Reading.objects.exists()
    assert forgetting.forget(now=now + timedelta(days=31)) == 0
    assert ReadingSum.objects.count() == 1


def test_of_a_campaign_that_tells_nobody_apart_there_is_nothing(tracked: Campaign) -> None:
    tracked.tracks_readers = False
    assert readers.of_campaign(tracked) is None


def test_readers_get_all_of_it_with_their_data(sent: Sent, did: Did, number_of: Number, now: datetime) -> None:
    rosa = sent("rosa@example.org")
    counting.count([did(rosa), did(rosa, number_of(1)), did(rosa, number_of(2), browser="")])
    assert rosa.subscriber is not None
    held = json.loads(json.dumps(readers.data_of(rosa.subscriber)))
    week_ago = (now - timedelta(days=7)).isoformat(timespec="seconds")
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    assert held == {
        "agreed": [{"publication": "The Courier", "since": week_ago}],
        "mails": [
            {
                "publication": "The Courier",
                "issue": "1971",
                "opened_at": at,
                "times": 1,
                "requests_of_programs": 0,
                "links": [
                    {"url": "https://example.org/1", "times": 1, "requests_of_programs": 0, "first_at": at, "last_at": at},
                    {"url": "https://example.org/2", "times": 0, "requests_of_programs": 1, "first_at": None, "last_at": None},
                ],
            }
        ],
    }
    assert [each["what"] for each in exporting.reader_data(subscriber=rosa.subscriber)["consent"]] == ["tracked"]  # type: ignore[attr-defined]


def test_consent_is_given_once_and_the_older_text_stands(publication: Any, reader: Any, now: datetime) -> None:
    first = tracking_consent.Agreed(publication.pk, publication.name, "I agree.", "form")
    assert tracking_consent.give(subscriber=reader, agreed=first, now=now)
    again = tracking_consent.Agreed(publication.pk, publication.name, "I agree to more.", "account")
    assert not tracking_consent.give(subscriber=reader, agreed=again, now=now + timedelta(days=1))
    assert TrackingConsent.objects.get().since == now
    assert reader.consent_events.filter(kind="tracked").count() == 1
