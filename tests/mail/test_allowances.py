"""What workers share of the limits: blocks of slots, budgets, connections, and the days of a warm-up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Thread

import pytest
from django.db import connection

from masthead.mail import allowances, slowing
from masthead.mail.models import Connections, Spent, Transport
from masthead.mail.pacing.governor import FREE
from masthead.mail.pacing.limits import Limits

NOW = 1_800_000_000.0
SCOPE = allowances.transport_scope(3)
pytestmark = pytest.mark.django_db


def test_two_workers_never_get_the_same_slots() -> None:
    limits = Limits(per_second=10)
    first = allowances.take(SCOPE, limits, want=100, now=NOW)
    second = allowances.take(SCOPE, limits, want=100, now=NOW)
    assert (first.count, first.wait, first.interval) == (10, 0.0, 0.1)
    assert (second.count, second.wait) == (10, pytest.approx(1.0, abs=1e-3))
    third = allowances.take(SCOPE, limits, want=100, now=NOW)
    fourth = allowances.take(SCOPE, limits, want=100, now=NOW)
    assert third.count == 10
    assert fourth.count == 0, "nobody takes slots far ahead"
    assert 0 < fourth.wait <= 3


def test_a_budget_is_shared_and_what_is_not_used_comes_back() -> None:
    limits = Limits(per_hour=30)
    assert allowances.take(SCOPE, limits, want=25, now=NOW).count == 25
    assert allowances.take(SCOPE, limits, want=25, now=NOW).count == 5
    none = allowances.take(SCOPE, limits, want=1, now=NOW)
    assert none.count == 0
    assert 3540 <= none.wait <= 3720
    allowances.give_back(SCOPE, 4, now=NOW)
    assert allowances.take(SCOPE, limits, want=9, now=NOW).count == 4
    assert allowances.take(SCOPE, limits, want=9, now=NOW + none.wait + 60).count == 9


def test_a_day_is_any_24_hours() -> None:
    limits = Limits(per_day=100)
    assert sum(allowances.take(SCOPE, limits, want=60, now=NOW).count for _ in range(3)) == 100
    assert allowances.take(SCOPE, limits, want=60, now=NOW + 23 * 3600).count == 0
    assert allowances.take(SCOPE, limits, want=60, now=NOW + 24 * 3600 + 120).count == 60
    assert allowances.used(SCOPE, now=NOW + 24 * 3600 + 130) == (60, 60)


def test_the_governors_stop_is_obeyed() -> None:
    assert allowances.take("governor:3:google", Limits(), want=5, now=NOW, interval=2.0, not_before=NOW + 7).wait == 7
    later = allowances.take("governor:3:google", Limits(), want=5, now=NOW + 7, interval=2.0, not_before=NOW + 7)
    assert (later.count, later.interval) == (1, 2.0)


def test_the_governor_remembers_and_forgets() -> None:
    slower = slowing.complained(3, "google", now=NOW, observed=8.0, words="421 4.7.28 too fast", jitter=0.0)
    assert slowing.paces([3, 4]) == {(3, "google"): slower}
    assert slower.rate == 4.0
    now = NOW
    for _ in range(30):
        now += 40
        pace = slowing.went_well(3, "google", now=now)
    assert pace == FREE
    assert slowing.paces([3]) == {}


def test_workers_share_the_connections_evenly_and_a_dead_one_loses_its_part() -> None:
    def take(owner: str, now: float) -> int:
        return allowances.take_connections(3, most=10, in_all=10, owner=owner, lost_after=30, now=now)

    assert take("a", NOW) == 10
    assert take("b", NOW) == 0
    assert take("a", NOW + 5) == 5
    assert take("b", NOW + 6) == 5
    allowances.keep_connections("a", now=NOW + 30)
    assert take("a", NOW + 50) == 10, "b was silent"
    allowances.give_connections([3], owner="a")
    assert Connections.objects.get(owner="a").count == 0
    assert allowances.take_connections(4, most=7, in_all=None, owner="a", lost_after=30, now=NOW) == 7


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_do_not_overspend() -> None:
    limits, taken = Limits(per_hour=200), []

    def work() -> None:
        try:
            taken.extend(allowances.take(SCOPE, limits, want=10, now=NOW).count for _ in range(6))
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 24
    assert sum(taken) == 200


def test_a_warm_up_goes_on_only_after_a_day_that_went_well() -> None:
    row = Transport.objects.create(name="Harbour", kind="smtp", warmup_first=100, warmup_growth=100, warmup_full=1000)
    scope = allowances.transport_scope(row.pk)

    def level(day: int) -> int:
        allowances.advance_warm_ups(today=date(2026, 11, day))
        row.refresh_from_db()
        return row.warmup_level

    def noon(day: int) -> float:
        return datetime(2026, 11, day, 12, tzinfo=UTC).timestamp()

    assert level(1) == 0
    allowances.note(scope, sent=100, deferred=2, now=noon(1))
    assert [level(2), level(2)] == [1, 1]
    assert level(3) == 1, "a day without mails teaches nothing"
    allowances.note(scope, sent=200, deferred=50, now=noon(3))
    assert level(4) == 1, "too many were put off"
    allowances.note(scope, sent=200, now=noon(4))
    assert level(6) == 2


def test_old_counts_are_forgotten() -> None:
    allowances.note(SCOPE, sent=1, now=NOW - 5 * 86400)
    allowances.note(SCOPE, sent=1, now=NOW - 86400)
    allowances.forget_old(now=datetime.fromtimestamp(NOW, UTC))
    assert Spent.objects.count() == 1
