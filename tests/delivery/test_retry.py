"""When to try again."""

from __future__ import annotations

from masthead.delivery.retry import LONGEST, reconnect_after, wait_after


def test_waits_double_up_to_an_hour() -> None:
    waits = [wait_after(attempt, first=20, jitter=0) for attempt in (1, 2, 3, 9, 500)]
    assert waits == [20, 40, 80, LONGEST, LONGEST]


def test_a_crowd_is_spread_over_half_the_wait_more() -> None:
    assert wait_after(1, first=20, jitter=1) == 30


def test_a_lane_never_hurries_and_never_waits_long() -> None:
    assert reconnect_after(1, jitter=0) == 0.25
    assert reconnect_after(500, jitter=1) == 22.5
