"""Dates at the desk in the calendar and the digits of its language."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from masthead.web.admin.calendar import solar_hijri, written


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


def test_each_language_writes_a_date_its_own_way() -> None:
    moment = dt.datetime(2026, 11, 26, 9, 5, tzinfo=dt.UTC)
    assert written(moment, "j M Y H:i", "fa") == "۵ آذر ۱۴۰۵ ۰۹:۰۵"
    assert written(moment, "H:i", "ar") == "٠٩:٠٥"
    assert written(moment, "j M Y H:i", "en") == "26 Nov 2026 09:05"


@pytest.mark.parametrize("pattern", ["c", "Y-m-d", "U"])
def test_what_machines_read_stays(pattern: str) -> None:
    moment = dt.datetime(2026, 11, 26, 9, 5, tzinfo=dt.UTC)
    assert written(moment, pattern, "fa").isascii()
    assert written(moment, pattern, "fa") == written(moment, pattern, "en")


def test_the_filters_of_every_template() -> None:
    shown = Template('{{ day|date:"j M Y" }} {{ hour|time:"H:i" }} {{ none|date:"j M Y" }}{{ day|date:"Y-m-d" }}')
    context = Context({"day": dt.date(2026, 11, 26), "hour": dt.time(9, 5), "none": None})
    with translation.override("fa"):
        assert shown.render(context) == "۵ آذر ۱۴۰۵ ۰۹:۰۵ 2026-11-26"
    with translation.override("en"):
        assert shown.render(context) == "26 Nov 2026 09:05 2026-11-26"
