"""The calendar of Persian dates."""

from __future__ import annotations

import datetime as dt

import pytest

from masthead.common import solar_hijri


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(1979, 2, 11), (1357, 11, 22)),
        (dt.date(2021, 3, 20), (1399, 12, 30)),  # of a leap year
        (dt.date(2021, 3, 21), (1400, 1, 1)),
        (dt.date(2024, 3, 19), (1402, 12, 29)),
        (dt.date(2024, 3, 20), (1403, 1, 1)),
        (dt.date(2025, 3, 21), (1404, 1, 1)),
        (dt.date(2026, 9, 22), (1405, 6, 31)),
        (dt.date(2026, 9, 23), (1405, 7, 1)),
        (dt.date(2029, 3, 20), (1408, 1, 1)),
    ],
)
def test_the_solar_hijri_calendar(day: dt.date, expected: tuple[int, int, int]) -> None:
    assert solar_hijri.from_date(day) == expected
    assert solar_hijri.to_date(*expected) == day


@pytest.mark.parametrize("none", [(1405, 7, 31), (1405, 12, 30), (1405, 13, 1), (1405, 1, 0), (9999, 1, 1)])
def test_a_day_that_there_is_not(none: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="Solar Hijri"):
        solar_hijri.to_date(*none)


def test_days_follow_each_other_without_a_gap_and_no_year_begins_but_in_march() -> None:
    day, before = dt.date(1866, 1, 1), (0, 0, 0)
    while day < dt.date(2093, 1, 1):
        found = solar_hijri.from_date(day)
        assert solar_hijri.to_date(*found) == day
        assert found > before
        assert found[2] in {1, before[2] + 1} or before == (0, 0, 0)
        if found[1:] == (1, 1):
            assert day == solar_hijri.new_year(found[0])
            assert (day.month, day.day) in {(3, 20), (3, 21), (3, 22)}
        day, before = day + dt.timedelta(days=1), found


@pytest.mark.parametrize("year", [0, -5, 9001, 99999999])
def test_a_year_out_of_reach_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="Solar Hijri"):
        solar_hijri.new_year(year)


@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(622, 1, 1)])
def test_a_day_before_the_calendar_began_is_refused(day: dt.date) -> None:
    with pytest.raises(ValueError, match="Solar Hijri"):
        solar_hijri.from_date(day)


def test_a_date_in_words() -> None:
    day = dt.date(2026, 11, 26)
    assert solar_hijri.long_date(day) == "۵ آذر ۱۴۰۵"
    assert solar_hijri.long_date(day, "fa-AF") == "۵ قوس ۱۴۰۵"
    assert [tag for tag in ("fa", "fa-IR", "prs", "ar", "en", "far") if solar_hijri.is_used_in(tag)] == ["fa", "fa-IR", "prs"]
