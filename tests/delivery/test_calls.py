"""Commits on the event loop, on PostgreSQL: two under way at once, nobody answered before the end, trouble waited out."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from masthead.delivery import campaigns, lookups
from masthead.delivery.ledger import one_statement, ranges
from masthead.delivery.ledger.committing import Book
from masthead.delivery.ledger.entries import Result, Verdict, Wish
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.models import Campaign, Delivery, Range
from masthead.delivery.sender import calls
from masthead.delivery.sender.calls import Calls
from tests.delivery.test_ledger import commit, lose_owner, until_somebody_waits_for_a_lock, wish
from tests.delivery.test_sender import begin, sink, states, work  # noqa: F401  (the first two are fixtures)

State = Delivery.State
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def playing(play: Callable[[Callable[..., asyncio.Future[dict[int, Verdict]]]], Any], claim: Claim, now: datetime) -> Any:
    """What `play` returns; it is given a function: wishes → the answer to a call of their own."""

    async def run(our: Calls) -> Any:
        def ask(*wishes: Wish) -> asyncio.Future[dict[int, Verdict]]:
            return our.begin([], wishes, {claim.range_id: claim}, at=1, today=now.date(), rates=None, lanes=len(wishes))

        return await play(ask)

    return with_calls(run, claim)


def with_calls(play: Callable[[Calls], Any], claim: Claim) -> Any:
    """What `play` returns, on an event loop with connections of its own."""
    databases = calls.connect()
    lists = list(Campaign.objects.get().lists.values_list("pk", flat=True))

    async def run() -> Any:
        our = Calls(databases, claim.campaign_id, lists)
        try:
            return await play(our)
        finally:
            our.close()

    try:
        return asyncio.run(run())
    finally:
        calls.disconnect(databases)


def run_beside(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """`work` on a thread of its own that is begun, and what it will have returned."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_a_call_is_answered_with_the_verdict_on_each_wish(claim: Claim, now: datetime) -> None:
    Delivery.objects.filter(pk=claim.last).update(state=State.ACCEPTED)

    async def play(ask: Any) -> Any:
        return await ask(wish(claim, claim.first), wish(claim, claim.last))

    assert playing(play, claim, now) == {claim.first: Verdict.GO, claim.last: Verdict.LEFT}
    assert Delivery.objects.get(pk=claim.first).state == State.SENDING


def test_a_row_that_comes_before_its_commit_is_no_answer(claim: Claim, now: datetime) -> None:
    """Here the commit itself fails, after the row was made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not on this disk'; END $$;"
            "CREATE CONSTRAINT TRIGGER refusing AFTER UPDATE ON delivery_delivery DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        )

    async def play(ask: Any) -> Any:
        with pytest.raises(DatabaseError, match="not on this disk"):
            await ask(wish(claim, claim.first))

    try:
        playing(play, claim, now)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER refusing ON delivery_delivery; DROP FUNCTION refuse()")


def test_two_commits_hold_their_range_together(claim: Claim, now: datetime) -> None:
    async def play(ask: Any) -> Any:
        return await asyncio.wait_for(ask(wish(claim, claim.last)), 20)

    with transaction.atomic():
        assert commit(claim, now, [], [wish(claim, claim.first)]) == [Verdict.GO]
        assert playing(play, claim, now) == {claim.last: Verdict.GO}


def test_whoever_takes_a_range_over_waits_for_the_commits_under_way(claim: Claim, now: datetime) -> None:
    lose_owner()
    with transaction.atomic():
        assert commit(claim, now, [], [wish(claim, claim.first)]) == [Verdict.GO]
        taking, taken = run_beside(lambda: ranges.claim(claim.range_id))
        until_somebody_waits_for_a_lock()
        assert taken == []
    taking.join()
    assert taken[0].token == claim.token + 1
    # So what that commit began is named.
    assert list(Delivery.objects.order_by("pk").values_list("state", "repeats")) == [(State.QUEUED, 1), (State.QUEUED, 0)]


def test_a_commit_waits_for_whoever_takes_its_range_over_and_then_writes_nothing(claim: Claim, now: datetime) -> None:
    lose_owner()
    with transaction.atomic():
        assert ranges.claim(claim.range_id) is not None
        late, verdicts = run_beside(lambda: commit(claim, now, [], [wish(claim, claim.first)]))
        until_somebody_waits_for_a_lock()
    late.join()
    assert verdicts == [[Verdict.FENCED]]
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.QUEUED}


def test_a_sign_of_life_does_not_wait_for_another_commit(claim: Claim, now: datetime) -> None:
    def with_rates() -> dict[int, Verdict]:
        book = Book(campaign_id=claim.campaign_id, lists=[])
        return book.commit([], [], {claim.range_id: claim}, at=1, today=now.date(), rates={claim.range_id: 7})

    with transaction.atomic():
        commit(claim, now, [], [wish(claim, claim.first)])
        other, done = run_beside(with_rates)
        other.join(20)
        assert done == [{}]
    assert Range.objects.get().rate == 7


def test_a_further_commit_is_for_as_many_lanes_as_wait_and_after_a_while_there_is_a_gap(
    claim: Claim, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play(our: Calls) -> list[bool]:
        def one_more(lanes: int) -> asyncio.Future[dict[int, Verdict]]:
            return our.begin([], [], {}, at=1, today=now.date(), rates=None, lanes=lanes)

        found = [our.may_begin(1)]
        answers = [one_more(3)]
        found += [our.may_begin(2), our.may_begin(3)]
        monkeypatch.setattr(calls, "_GAP_SECONDS", 0.0)
        found += [our.may_begin(3)]
        monkeypatch.setattr(calls, "_GAP_SECONDS", 60.0)
        answers += [one_more(3)]
        found += [our.may_begin(100)]
        await asyncio.gather(*answers)
        return [*found, our.may_begin(1)]

    assert with_calls(play, claim) == [True, False, True, False, False, True]


def test_no_dot_is_written_before_its_commit(sink: Any, begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    relay, campaign = sink(), begin(3)
    taken: list[int] = []
    real = Calls._answered

    def slow(self: Calls, *arguments: Any) -> None:
        def later() -> None:
            taken.append(len(relay.taken()))
            real(self, *arguments)

        asyncio.get_running_loop().call_later(0.1, later)

    monkeypatch.setattr(Calls, "_answered", slow)
    work(campaign)
    assert len(relay.taken()) == 3
    # One lane: the first commit is that of the first wish, each further one that of an answer and the next wish.
    assert taken == [0, 1, 2, 3]


@pytest.mark.parametrize("when", ["idle", "under way"])
def test_when_the_server_ends_the_connections_the_thread_commits(
    sink: Any,  # noqa: F811
    begin: Any,  # noqa: F811
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    relay, campaign = sink(), begin(40)
    settings.SMTP_CONNECTIONS = 4
    ended: list[int] = []
    real = Calls.begin

    def ending(self: Calls, results: list[Result], *arguments: Any, **named: Any) -> asyncio.Future[dict[int, Verdict]]:
        now = bool(results) and not ended
        if now and when == "idle":
            ended.extend(end_connections(self))
        answer = real(self, results, *arguments, **named)
        if now and when == "under way":
            ended.extend(end_connections(self))
        return answer

    monkeypatch.setattr(Calls, "begin", ending)
    work(campaign)
    work(campaign)
    assert len(ended) == calls.MOST
    assert sorted(relay.taken()) == sorted(f"r{number}@example.org" for number in range(40))
    assert states(campaign) == [State.ACCEPTED] * 40
    found = lookups.verify(campaign)
    assert (found.adds_up, found.repeats) == (True, 0)


def end_connections(our: Calls) -> list[int]:
    pids = [each.connection.pgconn.backend_pid for each in our._databases]

    def end() -> None:
        with connection.cursor() as cursor:
            for pid in pids:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    thread, _nothing = run_beside(end)
    thread.join()
    return pids


def test_as_many_connections_as_the_server_lets_us_have(monkeypatch: pytest.MonkeyPatch) -> None:
    real, count = one_statement.prepare, [0]

    def refused(libpq: Any, name: bytes) -> None:
        count[0] += 1
        if count[0] > 1:
            raise psycopg.OperationalError("sorry, too many clients already")
        real(libpq, name)

    monkeypatch.setattr(one_statement, "prepare", refused)
    found = calls.connect()
    calls.disconnect(found)
    assert (len(found), count[0]) == (1, 2)


def test_without_such_connections_the_thread_commits(sink: Any, begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    relay, campaign = sink(), begin(5)
    monkeypatch.setattr(calls, "connect", list)
    work(campaign)
    assert states(campaign) == [State.ACCEPTED] * 5
    assert len(relay.taken()) == 5


def test_cancelling_gets_through_while_commits_overlap(sink: Any, begin: Any, settings: Any) -> None:  # noqa: F811
    relay, campaign = sink(), begin(400)
    settings.SMTP_CONNECTIONS = 20
    waited: list[float] = []

    def cancel() -> None:
        while len(relay.taken()) < 40:
            time.sleep(0.01)
        began = time.monotonic()
        campaigns.cancel(campaign=Campaign.objects.get(), by="staff:1", now=datetime.now().astimezone())
        waited.append(time.monotonic() - began)

    other, _nothing = run_beside(cancel)
    work(campaign)
    other.join()
    assert waited
    assert Campaign.objects.get().state == "cancelled"
    taken = len(relay.taken())
    assert taken < 400
    assert states(campaign).count(State.ACCEPTED) == taken
