"""Dates and times in digits and calendar of a language: the Solar Hijri calendar in Persian, Arabic-Indic digits in Arabic."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from django.utils import dateformat, formats

from masthead.common import solar_hijri
from masthead.common.text import digits

#: The letters of a format for people; one with a hyphen, "c" or "U" is read by machines.
_FOR_PEOPLE = frozenset("jdDlnmMFNbYyHGiPgahsA")

#: Letters that stand for themselves: those of "de" in Spanish, say.
_WORDS = re.compile(r"\\.")


def written(moment: date | time, pattern: str, language: str) -> str:
    """`moment` by a format of Django ("j M Y H:i") as `language` writes it: `written(date(2026, 11, 26), "j M Y", "fa")` is
    "۵ آذر ۱۴۰۵". What is not for people stays as Django writes it."""
    pattern = formats.get_format(pattern, lang=language, use_l10n=True)
    if isinstance(moment, time):
        words = dateformat.time_format(moment, pattern)
    elif language == "fa" and _is_for_people(pattern):
        words = _SolarHijri(moment).format(pattern)
    else:
        words = dateformat.format(moment, pattern)
    return digits(words, language) if _is_for_people(pattern) else words


def _is_for_people(pattern: str) -> bool:
    letters = {letter for letter in _WORDS.sub("", pattern) if letter.isascii() and letter.isalpha()}
    return "-" not in pattern and letters <= _FOR_PEOPLE


class _SolarHijri(dateformat.DateFormat):
    """The letters of a format that the calendar changes."""

    def __init__(self, moment: date) -> None:
        super().__init__(moment)
        self._year, self._month, self._day = solar_hijri.from_date(moment.date() if isinstance(moment, datetime) else moment)

    def Y(self) -> int:  # noqa: N802 (the letters of a format)
        return self._year

    def y(self) -> str:
        return f"{self._year % 100:02}"

    def n(self) -> int:
        return self._month

    def m(self) -> str:
        return f"{self._month:02}"

    def j(self) -> int:
        return self._day

    def d(self) -> str:
        return f"{self._day:02}"

    def F(self) -> str:  # noqa: N802
        return solar_hijri.month_name(self._month)

    M = N = b = F
