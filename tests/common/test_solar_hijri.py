"""The calendar of Iran and Afghanistan."""

from __future__ import annotations

import datetime as dt

import pytest

from masthead.common.solar_hijri import gregorian, solar_hijri


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
    assert solar_hijri(day) == expected
    assert gregorian(*expected) == day


def test_both_ways_agree_on_each_day() -> None:
    day = dt.date(1990, 1, 1)
    while day.year < 2040:
        assert gregorian(*solar_hijri(day)) == day
        day += dt.timedelta(days=1)


@pytest.mark.parametrize("none", [(1405, 7, 31), (1405, 12, 30), (1405, 13, 1), (1405, 1, 0), (99, 1, 1)])
def test_a_day_that_there_is_not(none: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no"):
        gregorian(*none)
