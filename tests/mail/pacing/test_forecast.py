"""When a campaign will be through."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.pacing.forecast import Forecast, Way, forecast
from masthead.mail.pacing.limits import Limits
from masthead.mail.pacing.quiet import QuietHours
from masthead.mail.pacing.warmup import Plan

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def told(readers: dict[str, int], *ways: Way, **more: object) -> Forecast:
    return forecast(readers=readers, ways=ways or (Way(),), start=NOON, **{"providers": {}, **more})  # type: ignore[arg-type]


def hours(found: Forecast) -> float:
    assert found.finish is not None
    return round((found.finish - NOON).total_seconds() / 3600, 2)


def test_without_limits_and_pace_nothing_is_known() -> None:
    assert told({"google": 1000}).finish is None


def test_the_pace_of_late_decides_where_no_limit_does() -> None:
    assert hours(told({"google": 7200}, rate=1.0)) == 2


def test_an_hourly_limit_decides() -> None:
    found = told({"google": 2500}, Way(Limits(per_hour=1000)))
    assert (hours(found), found.reason) == (2.5, "relay")


def test_what_was_sent_before_counts() -> None:
    assert hours(told({"google": 1000}, Way(Limits(per_hour=1000), last_hour=1000, last_day=1000))) == 2


def test_two_relays_are_faster_than_one() -> None:
    assert hours(told({"google": 3000}, Way(Limits(per_hour=1000)), Way(Limits(per_hour=2000)))) == 1


def test_a_warm_up_is_shown_day_by_day() -> None:
    found = told({"google": 5000}, Way(plan=Plan(500, 100, 3000)))
    assert (found.days, found.reason) == ([500, 1000, 2000, 1500], "warm-up")
    assert 72 <= hours(found) < 73


def test_one_slow_provider_decides_about_the_end() -> None:
    found = told({"google": 300, "example.org": 900}, providers={"google": Limits(per_minute=1)}, rate=10.0)
    assert (hours(found), found.reason) == (5, "provider")


def test_quiet_hours_are_waited_out() -> None:
    night = QuietHours(time(20), time(6), "UTC")
    found = told({"google": 10_000}, Way(Limits(per_hour=1000)), quiet=night)
    assert hours(found) == 20
    assert told({"google": 10}, Way(Limits(per_hour=1000)), quiet=QuietHours(time(11), time(14, 30), "UTC")).finish is not None


@given(
    st.dictionaries(st.sampled_from(["google", "apple", "example.org"]), st.integers(0, 3000)),
    st.lists(
        st.builds(Way, st.builds(Limits, per_hour=st.none() | st.integers(1, 500), per_day=st.none() | st.integers(100, 900))),
        min_size=1,
        max_size=3,
    ),
    st.none() | st.floats(0.1, 100),
)
def test_nobody_is_counted_twice_or_left_out(readers: dict[str, int], ways: list[Way], rate: float | None) -> None:
    found = told(readers, *ways, rate=rate)
    assert sum(found.days) == sum(readers.values())
    assert found.finish is None or found.finish >= NOON
    capacity = [each.limits.per_day for each in ways]
    if all(capacity):
        assert all(day <= sum(each or 0 for each in capacity) for day in found.days)


@given(st.integers(1, 5000), st.integers(1, 1000))
def test_a_tighter_limit_never_ends_sooner(readers: int, per_hour: int) -> None:
    tight, loose = (told({"google": readers}, Way(Limits(per_hour=limit))).finish for limit in (per_hour, per_hour + 50))
    assert tight is not None and loose is not None
    assert tight >= loose - timedelta(minutes=1)
