"""Quiet hours by the clock of a zone, also in the nights in which it changes."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.pacing.quiet import QuietHours

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Apia"])
TIMES = st.times().map(lambda each: each.replace(microsecond=0))
MOMENTS = st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2028-01-01"), timezones=st.just(UTC))
NIGHT = QuietHours(time(22), time(7), "Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-22 20:59", None),
        ("2026-11-22 21:00", "2026-11-23 06:00"),
        ("2026-11-23 05:59", "2026-11-23 06:00"),
        ("2026-11-23 06:00", None),
        ("2026-03-28 22:00", "2026-03-29 05:00"),  # summer time begins in that night
        ("2026-10-24 21:00", "2026-10-25 06:00"),  # and ends in this one
    ],
)
def test_a_night_over_midnight(moment: str, until: str | None) -> None:
    assert NIGHT.until(at(moment)) == (at(until) if until else None)


def test_the_next_beginning_is_known() -> None:
    assert NIGHT.next_begin(at("2026-11-22 12:00")) == at("2026-11-22 21:00")
    assert QuietHours(time(8), time(8), "UTC").next_begin(at("2026-11-22 12:00")) is None


@given(TIMES, TIMES, ZONES, MOMENTS)
def test_quiet_ends_later_and_is_then_over(begins: time, ends: time, zone: str, moment: datetime) -> None:
    hours = QuietHours(begins, ends, zone)
    until = hours.until(moment)
    assert (until is not None) == hours.covers(moment)
    if until is not None:
        assert moment < until
        assert (until - moment).total_seconds() <= 26 * 3600
    begin = hours.next_begin(moment)
    assert begin is None or begin > moment


@given(TIMES, ZONES, MOMENTS)
def test_the_same_time_twice_means_never(at_: time, zone: str, moment: datetime) -> None:
    assert not QuietHours(at_, at_, zone).covers(moment)
