"""Limits and slots: whatever span somebody looks at, no more went than allowed."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.pacing import slots
from masthead.mail.pacing.limits import DAY, HOUR, Limits, minutes_until_room

COUNTS = st.none() | st.integers(1, 5000)


def test_the_slower_of_the_short_limits_sets_the_pace() -> None:
    assert Limits().interval == 0
    assert Limits(per_second=4).interval == 0.25
    assert Limits(per_second=4, per_minute=60).interval == 1
    assert Limits(per_second=1, per_minute=600).interval == 1


@given(COUNTS, COUNTS, st.integers(0, 6000), st.integers(0, 6000))
def test_a_budget_is_never_overspent(per_hour: int | None, per_day: int | None, hour: int, more: int) -> None:
    room = Limits(per_hour=per_hour, per_day=per_day).room(hour, hour + more)
    if room is None:
        assert per_hour is None and per_day is None
    elif room:
        assert per_hour is None or hour + room <= per_hour
        assert per_day is None or hour + more + room <= per_day


@given(COUNTS, st.none() | st.integers(0, 100))
def test_a_ceiling_only_lowers(per_day: int | None, ceiling: int | None) -> None:
    capped = Limits(per_day=per_day).capped(ceiling).per_day
    assert capped == (
        min(each for each in (per_day, ceiling) if each is not None) if (per_day, ceiling) != (None, None) else None
    )


@given(
    st.lists(st.tuples(st.integers(0, 2 * DAY), st.integers(1, 30)), max_size=40, unique_by=lambda each: each[0]),
    st.none() | st.integers(1, 60),
    st.none() | st.integers(1, 200),
)
def test_there_is_room_at_the_promised_minute_and_not_before(
    counts: list[tuple[int, int]], per_hour: int | None, per_day: int | None
) -> None:
    limits, now = Limits(per_hour=per_hour, per_day=per_day), 2 * DAY

    def room(minute: int) -> bool:
        hour = sum(count for when, count in counts if minute - HOUR <= when)
        day = sum(count for when, count in counts if minute - DAY <= when)
        return limits.room(hour, day) != 0

    wait = minutes_until_room(limits, sorted(counts), now)
    assert room(now + wait)
    assert wait == 0 or not room(now + wait - 1)


WORKERS = st.lists(st.tuples(st.integers(1, 40), st.floats(0, 0.6)), min_size=1, max_size=80)


@given(WORKERS, st.sampled_from([1.0, 0.1, 0.03, 0.002]))
def test_workers_together_keep_the_pace_of_one(asks: list[tuple[int, float]], interval: float) -> None:
    now, next_at, sent = 1_000_000.0, 0.0, []
    for want, passed in asks:
        now += passed
        block, next_at = slots.reserve(next_at, interval, want=want, now=now)
        assert block.count <= want
        sent += [block.start + interval * number for number in range(block.count)]
        assert block.count == 0 or block.start <= now + slots.AHEAD_SECONDS
    sent.sort()
    assert all(later - earlier >= interval * 0.999 for earlier, later in pairwise(sent))


@given(st.floats(0.001, 100), st.integers(1, 500), st.floats(0, 2_000_000))
def test_whoever_comes_back_at_the_named_time_gets_slots(interval: float, want: int, next_at: float) -> None:
    now = 1_000_000.0
    for _ in range(3):
        block, next_at = slots.reserve(next_at, interval, want=want, now=now)
        if block.count:
            return
        assert block.start > now
        now = block.start
    raise AssertionError("it was sent away three times")


def test_without_a_limit_everything_goes_at_once() -> None:
    block, next_at = slots.reserve(5.0, 0.0, want=70, now=100.0)
    assert (block.start, block.count, next_at) == (100.0, 70, 5.0)
