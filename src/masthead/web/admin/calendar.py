"""Dates and times in digits and calendar of a language: the Solar Hijri calendar in Persian, Arabic-Indic digits in Arabic."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import dateformat, formats

from masthead.common.text import digits

#: What a format for people has; one with a hyphen, "c" or "U" is read by machines.
_FOR_PEOPLE = frozenset("jdDlnmMFNbYyHGiPgahsA ,.:/\u200f،")
_MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
#: Remainders by 33 of the leap years; true from 1244 to 1472 (1865 to 2093), see `solar_hijri`.
_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_NEW_YEAR_1400 = date(2021, 3, 21)


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
    return not set(pattern) - _FOR_PEOPLE


def solar_hijri(day: date) -> tuple[int, int, int]:
    """(year, month, day) of the calendar of Iran and Afghanistan.

    Its leap years follow the spring equinox in Tehran; in the years from 1865 to 2093 they are those of a cycle of 33 years.
    """
    year, begins = 1400, _NEW_YEAR_1400.toordinal()
    while day.toordinal() < begins:
        year -= 1
        begins -= _length(year)
    while day.toordinal() >= begins + _length(year):
        begins += _length(year)
        year += 1
    passed = day.toordinal() - begins
    # Six months of 31 days, then months of 30.
    month, rest = divmod(passed, 31) if passed < 186 else divmod(passed - 186, 30)
    return year, month + (1 if passed < 186 else 7), rest + 1


def _length(year: int) -> int:
    return 366 if year % 33 in _LEAP else 365


class _SolarHijri(dateformat.DateFormat):
    """The letters of a format that the calendar changes."""

    def __init__(self, moment: date) -> None:
        super().__init__(moment)
        self._year, self._month, self._day = solar_hijri(moment.date() if isinstance(moment, datetime) else moment)

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
        return _MONTHS[self._month - 1]

    M = N = b = F
