"""The calendar of Iran and Afghanistan: days from and to it, and the names of its months."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
#: Remainders by 33 of the leap years; true from 1244 to 1472 (1865 to 2093), see `solar_hijri`.
_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_NEW_YEAR_1400 = date(2021, 3, 21)


def solar_hijri(day: date) -> tuple[int, int, int]:
    """(year, month, day) of `day`.

    The leap years follow the spring equinox in Tehran; in the years from 1865 to 2093 they are those of a cycle of 33 years.
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


def gregorian(year: int, month: int, day: int) -> date:
    """The day that `solar_hijri` calls so; true for the years from 1244 to 1472. Raises ValueError where there is none."""
    if not 1244 <= year <= 1472 or not 1 <= month <= 12:
        raise ValueError(f"There is no month {month} of {year}.")
    longest = 31 if month < 7 else 30 if month < 12 else _length(year) - 336
    if not 1 <= day <= longest:
        raise ValueError(f"Month {month} of {year} has no day {day}.")
    before = sum(map(_length, range(1400, year))) - sum(map(_length, range(year, 1400)))
    return _NEW_YEAR_1400 + timedelta(days=before + 31 * (month - 1) - max(0, month - 7) + day - 1)


def _length(year: int) -> int:
    return 366 if year % 33 in _LEAP else 365
