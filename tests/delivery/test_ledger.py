"""Ownership, take-over, and the commit between two dots."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from datetime import date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from masthead.audience.models import Subscription, TrackingConsent
from masthead.delivery import campaigns, lookups, starting, sweeping
from masthead.delivery.ledger import counting, ranges
from masthead.delivery.ledger.committing import Book
from masthead.delivery.ledger.entries import Result, Verdict, Wish
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.ledger.rows import Tracking, fetch
from masthead.delivery.models import Campaign, Delivery, Range

State = Delivery.State
# Book begins its own transactions, so these tests cannot live inside one.
pytestmark = pytest.mark.django_db(transaction=True)


def commit(claim: Claim, now: datetime, results: list[Result], wishes: list[Wish]) -> list[Verdict]:
    book = Book(campaign_id=claim.campaign_id, lists=Campaign.objects.get().lists.values_list("pk", flat=True))
    verdicts = book.commit(results, wishes, {claim.range_id: claim}, at=int(now.timestamp()), today=now.date())
    return [verdicts[each.id] for each in wishes]


def wish(claim: Claim, identity: int) -> Wish:
    return Wish(identity, claim.range_id, 1, 1_700_000_000, b"d" * 16)


def accepted(claim: Claim, identity: int) -> Result:
    return Result(identity, claim.range_id, 1, 1, State.ACCEPTED, 1_700_000_009, 250, "2.0.0 Ok", None, 0)


def lose_owner() -> None:
    Range.objects.update(owner="a worker that is no more", heartbeat_at=1)


def test_a_living_worker_keeps_its_range(claim: Claim) -> None:
    assert ranges.claim(claim.range_id) is None
    assert ranges.without_worker(claim.campaign_id) == []


def test_a_taken_over_worker_writes_nothing_and_hands_over_nothing(claim: Claim, now: datetime) -> None:
    assert commit(claim, now, [], [wish(claim, claim.first)]) == [Verdict.GO]
    lose_owner()
    taker = ranges.claim(claim.range_id)
    assert taker is not None
    assert taker.token == claim.token + 1
    assert commit(claim, now, [accepted(claim, claim.first)], [wish(claim, claim.last)]) == [Verdict.FENCED]
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.QUEUED}
    assert not ranges.release(claim)
    assert commit(taker, now, [], [wish(taker, claim.last)]) == [Verdict.GO]


@pytest.mark.parametrize(("policy", "state", "repeats"), [("resend", State.QUEUED, 1), ("hold", State.UNCERTAIN, 0)])
def test_what_a_lost_worker_left_is_named(claim: Claim, now: datetime, policy: str, state: int, repeats: int) -> None:
    Campaign.objects.update(policy=policy)
    commit(claim, now, [], [wish(claim, claim.first)])
    lose_owner()
    ranges.claim(claim.range_id)
    first, second = Delivery.objects.order_by("id")
    assert (first.state, first.repeats) == (state, repeats)
    assert (second.state, second.repeats) == (State.QUEUED, 0)


def test_the_sweep_names_what_a_lost_worker_left_though_nobody_has_time_for_its_range(claim: Claim, now: datetime) -> None:
    commit(claim, now, [], [wish(claim, claim.first)])
    lose_owner()
    sweeping.sweep(now=now)
    found = Range.objects.get()
    assert (found.owner, found.token, found.done) == ("", claim.token + 1, False)
    assert list(Delivery.objects.order_by("id").values_list("state", "repeats")) == [(State.QUEUED, 1), (State.QUEUED, 0)]
    assert commit(claim, now, [accepted(claim, claim.first)], [wish(claim, claim.last)]) == [Verdict.FENCED]


@pytest.mark.postgresql
def test_the_server_lets_go_of_the_locks_of_a_worker_that_was_stopped_in_a_transaction() -> None:
    found = []
    with connection.cursor() as cursor:
        for name in ("idle_in_transaction_session_timeout", "tcp_keepalives_idle", "tcp_keepalives_count"):
            cursor.execute(f"SHOW {name}")
            found.append(cursor.fetchone()[0])
    assert found == ["40s", "20", "4"]


def test_a_commit_of_which_the_outcome_is_unknown_may_be_made_again(claim: Claim, now: datetime) -> None:
    for _repeated in range(2):
        assert commit(claim, now, [], [wish(claim, claim.first)]) == [Verdict.GO]
    assert Delivery.objects.get(pk=claim.first).dated == 1_700_000_000
    for _repeated in range(2):
        commit(claim, now, [accepted(claim, claim.first)], [])
    delivery = Delivery.objects.order_by("id").first()
    assert delivery is not None
    assert (delivery.state, delivery.attempt, delivery.code) == (State.ACCEPTED, 1, 250)
    assert (delivery.dated, delivery.digest, delivery.rare) == (None, None, None)
    assert commit(claim, now, [], [wish(claim, claim.first)]) == [Verdict.LEFT]


def test_one_who_left_holds_up_nobody_in_the_same_commit(claim: Claim, now: datetime) -> None:
    last = Delivery.objects.get(pk=claim.last)
    Subscription.objects.filter(subscriber=last.subscriber).update(state="left")
    wishes = [
        Wish(identity, claim.range_id, 1, 1_700_000_000, bytes([identity % 256]) * 16) for identity in (claim.last, claim.first)
    ]
    assert commit(claim, now, [], wishes) == [Verdict.LEFT, Verdict.GO]
    rows = Delivery.objects.order_by("id").values_list("state", "reply", "digest")
    assert [(state, reply, digest and bytes(digest)) for state, reply, digest in rows] == [
        (State.SENDING, "", wishes[1].digest),
        (State.SKIPPED, "unsubscribed", None),
    ]


@pytest.mark.parametrize("policy", ["resend", "hold"])
def test_who_may_have_got_it_twice_and_of_whom_nobody_knows_is_named(claim: Claim, now: datetime, policy: str) -> None:
    Campaign.objects.update(policy=policy)
    commit(claim, now, [], [wish(claim, claim.last)])
    lose_owner()
    ranges.claim(claim.range_id)
    campaign = Campaign.objects.get()
    repeated, uncertain = lookups.named(lookups.repeated(campaign)), lookups.named(lookups.uncertain(campaign))
    assert (repeated, uncertain) == ((["second@example.org"], []) if policy == "resend" else ([], ["second@example.org"]))


def test_no_dot_while_the_campaign_is_paused(claim: Claim, now: datetime) -> None:
    Campaign.objects.update(state="paused")
    assert commit(claim, now, [], [wish(claim, claim.first)]) == [Verdict.HALTED]


def test_an_answer_after_the_cancelling_is_still_recorded(claim: Claim, now: datetime) -> None:
    commit(claim, now, [], [wish(claim, claim.first)])
    Campaign.objects.update(state="cancelled")
    commit(claim, now, [accepted(claim, claim.first)], [])
    assert Delivery.objects.filter(state=State.ACCEPTED).count() == 1


def test_the_digest_may_change_after_a_plain_4xx_but_not_after_an_uncertain_end(claim: Claim, now: datetime) -> None:
    def deferred(identity: int, repeat: int) -> Result:
        return Result(identity, claim.range_id, 1, 1, State.DEFERRED, 1, 451, "later", 2, repeat)

    commit(claim, now, [], [wish(claim, claim.first), wish(claim, claim.last)])
    commit(claim, now, [deferred(claim.first, 0), deferred(claim.last, 1)], [])
    digests = [bytes(each) if each else None for each in Delivery.objects.order_by("id").values_list("digest", flat=True)]
    assert digests == [None, b"d" * 16]


def test_a_range_rests_until_its_next_retry_and_is_woken_once(claim: Claim, now: datetime) -> None:
    Delivery.objects.update(state=State.DEFERRED, retry_at=4_000_000_000)
    assert not ranges.release(claim)
    found = Range.objects.get()
    assert (found.done, found.owner, found.not_before) == (False, "", 4_000_000_000)
    assert ranges.without_worker(claim.campaign_id) == []
    assert [ranges.note_wake(claim.range_id), ranges.note_wake(claim.range_id)] == [True, False]


def test_rows_are_read_in_order_and_those_to_be_tried_later_are_not(claim: Claim, now: datetime) -> None:
    lists = list(Campaign.objects.get().lists.values_list("pk", flat=True))
    Delivery.objects.filter(pk=claim.first).update(state=State.DEFERRED, retry_at=int(now.timestamp()) + 1)
    at = int(now.timestamp())
    read = [row.id for row in fetch(claim, lists=lists, after=0, limit=9, at=at, today=now.date())[0]]
    later = [row.id for row in fetch(claim, lists=lists, after=0, limit=9, at=at + 1, today=now.date())[0]]
    assert (read, later) == ([claim.last], [claim.first, claim.last])


def test_rows_are_read_as_they_were_written_whatever_signs_are_in_them(claim: Claim, now: datetime) -> None:
    at, lists = int(now.timestamp()), [each.pk for each in Campaign.objects.get().lists.all()]
    first, second = Delivery.objects.order_by("pk")[:2]
    first.subscriber.name, first.subscriber.attributes = 'Zoë "Z" \\ O\'Hara \u2028 [{,}] 🐚', {"town": 'Port\nhaven"'}
    first.subscriber.save()
    Delivery.objects.filter(pk=first.pk).update(digest=bytes(range(16)), dated=at)
    found = {row.id: row for row in fetch(claim, lists=lists, after=0, limit=9, at=at, today=now.date())[0]}
    read = found[first.pk]
    assert read.name == first.subscriber.name
    assert json.loads(read.attributes) == first.subscriber.attributes
    assert (read.digest, read.dated) == (bytes(range(16)), at)
    assert (found[second.pk].digest, found[second.pk].dated) == (None, None)
    assert fetch(claim, lists=lists, after=claim.last, limit=9, at=at, today=now.date())[0] == []


def test_rows_say_who_agreed_to_tracking_before_it_began_and_ask_it_only_when_it_matters(claim: Claim, now: datetime) -> None:
    lists = list(Campaign.objects.get().lists.values_list("pk", flat=True))
    first, second = (each.subscriber for each in Delivery.objects.select_related("subscriber").order_by("id"))
    TrackingConsent.objects.create(subscriber=first, publication=7, since=now)
    TrackingConsent.objects.create(subscriber=second, publication=7, since=now + timedelta(seconds=1))
    TrackingConsent.objects.create(subscriber=second, publication=8, since=now)

    def tracked(tracking: Tracking | None) -> list[bool]:
        at = int(now.timestamp())
        found = fetch(claim, lists=lists, after=0, limit=9, at=at, today=now.date(), tracking=tracking)[0]
        return [row.is_tracked for row in found]

    assert tracked(Tracking(7, now)) == [True, False]
    assert tracked(Tracking(7, now + timedelta(seconds=1))) == [True, True]
    assert tracked(Tracking(9, now)) == [False, False]
    with CaptureQueriesContext(connection) as asked:
        assert tracked(None) == [False, False]
    assert "trackingconsent" not in str(asked.captured_queries)


def test_two_who_want_the_same_range_do_not_both_get_it(campaign: Campaign, reader: Any, now: datetime) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    range_id = Range.objects.get().pk
    won: list[bool] = []

    def take() -> None:
        won.append(ranges.claim(range_id) is not None)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


@pytest.mark.postgresql
def test_cancelling_waits_for_a_commit_under_way_and_neither_ends_in_a_deadlock(claim: Claim, now: datetime) -> None:
    errors: list[Exception] = []

    def cancel() -> None:
        try:
            campaigns.cancel(campaign=Campaign.objects.get(), by="staff:1", now=now)
        except OperationalError as error:
            errors.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=cancel)
    with transaction.atomic():
        # A commit of a worker, which takes its rows in the order of a join: here the last one first.
        Range.objects.select_for_update().get()
        Delivery.objects.filter(pk=claim.last).update(state=State.SENDING)
        other.start()
        until_somebody_waits_for_a_lock()
        Delivery.objects.filter(pk=claim.first).update(state=State.SENDING)
    other.join()
    assert errors == []
    assert Campaign.objects.get().state == "cancelled"
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENDING}


def until_somebody_waits_for_a_lock() -> None:
    for _ in range(3000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody ever waited")


@pytest.mark.sqlite
def test_a_ledger_that_is_busy_is_an_error_of_the_database_that_the_sender_waits_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    somebody = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    try:
        somebody.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            Book(campaign_id=1, lists=[1]).commit([], [], {}, at=0, today=date(2026, 11, 22))
        somebody.execute("ROLLBACK")
        assert Book(campaign_id=1, lists=[1]).commit([], [], {}, at=0, today=date(2026, 11, 22)) == {}
    finally:
        somebody.close()
        connection.close()


def test_a_ledger_of_before_is_written_in_place_from_now_on(claim: Claim, now: datetime) -> None:
    """Migration 0012, there and back, on a ledger with data."""
    migration = import_module("masthead.delivery.migrations.0013_written_in_place")
    database = SimpleNamespace(connection=connection, execute=lambda sql: connection.cursor().execute(sql))
    commit(claim, now, [], [wish(claim, claim.first), wish(claim, claim.last)])
    commit(claim, now, [accepted(claim, claim.first)], [])
    before = list(Delivery.objects.order_by("id").values_list("id", "state", "attempt", "reply"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_delivery SET state = 8, digest = %s WHERE id = %s", [b"d" * 16, claim.last])
        migration.remove(None, database)
        cursor.execute("UPDATE delivery_range SET accepted = 0, owner = ''")
        cursor.execute("SELECT count(*) FROM delivery_delivery WHERE campaign_id = %s AND state > 1", [claim.campaign_id])
        assert cursor.fetchone()[0] == 2
        migration.install(None, database)
    assert list(Delivery.objects.order_by("id").values_list("id", "state", "attempt", "reply")) == [
        before[0],
        (claim.last, 8, *before[1][2:]),
    ]
    assert counting.answered(Campaign.objects.get(pk=claim.campaign_id)) == {State.ACCEPTED: 1, State.UNCERTAIN: 1}
    assert bytes(Delivery.objects.get(pk=claim.last).digest or b"") == b"d" * 16
    assert commit(claim, now, [], [wish(claim, claim.first)]) == [Verdict.LEFT]
