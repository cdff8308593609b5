"""Dates at the desk in the calendar and the digits of its language."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from masthead.web.admin.calendar import written


def test_each_language_writes_a_date_its_own_way() -> None:
    moment = dt.datetime(2026, 11, 26, 9, 5, tzinfo=dt.UTC)
    assert written(moment, "j M Y H:i", "fa") == "۵ آذر ۱۴۰۵ ۰۹:۰۵"
    assert written(moment, "H:i", "ar") == "٠٩:٠٥"
    assert written(moment, "j M Y H:i", "en") == "26 Nov 2026 09:05"


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "27 November 2026, 00:49", "27 Nov 2026, 00:49"),
        ("de", "27. November 2026 00:49", "27.11.2026 00:49"),
        ("fr", "27 novembre 2026 00:49", "27/11/2026 00:49"),
        ("es", "27 de noviembre de 2026 a las 00:49", "27/11/2026 00:49"),
        ("ar", "٢٧ نوفمبر، ٢٠٢٦، ٠٠:٤٩", "٢٧\u200f/١١\u200f/٢٠٢٦، ٠٠:٤٩"),
        ("fa", "۶ آذر ۱۴۰۵، ساعت ۰:۴۹", "۱۴۰۵/۹/۶،\u200f ۰:۴۹"),
    ],
)
def test_no_language_writes_a_day_with_its_time_as_in_the_united_states(language: str, long: str, short: str) -> None:
    moment = dt.datetime(2026, 11, 27, 0, 49, tzinfo=dt.UTC)
    with translation.override(language):
        assert (written(moment, "DATETIME_FORMAT", language), written(moment, "SHORT_DATETIME_FORMAT", language)) == (long, short)


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
