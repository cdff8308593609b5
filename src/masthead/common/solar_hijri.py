"""The calendar of Iran and Afghanistan: years that begin with spring, months in Persian words."""

from __future__ import annotations

from datetime import date, timedelta

from masthead.common.text import digits

MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
_AFGHAN = ("حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت")
#: Remainders by 33 of the leap years; true from 1244 to 1472 (1865 to 2093), see `from_date`.
_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_NEW_YEAR_1400 = date(2021, 3, 21)
#: A date before that is a slip, and can be before the calendar's first year.
_SINCE = date(1800, 1, 1)
#: Further from today no bulletin has an archive, and dates end.
_FIRST, _LAST = 1, 9000


def is_used_in(language: str, day: date | None = None) -> bool:
    """Whether people who write `language` (BCP 47) date by this calendar, Persian and Dari, and would so date `day`."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return primary in {"fa", "prs"} and (day is None or day >= _SINCE)


def from_date(day: date) -> tuple[int, int, int]:
    """(year, month, day) of `day`.

    Leap years follow the spring equinox in Tehran; in the years from 1865 to 2093 they are those of a cycle of 33 years.
    """
    year = day.year - 621
    if day < new_year(year):
        year -= 1
    passed = (day - new_year(year)).days
    # Six months of 31 days, then months of 30.
    month, rest = divmod(passed, 31) if passed < 186 else divmod(passed - 186, 30)
    return year, month + (1 if passed < 186 else 7), rest + 1


def to_date(year: int, month: int, day: int) -> date:
    """The day that `from_date` calls so. Raises ValueError where there is none."""
    begins = new_year(year)
    length = (new_year(year + 1) - begins).days
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month < 7 else 30 if month < 12 else length - 336):
        raise ValueError(f"{year} of the Solar Hijri calendar has no day {day} of month {month}")
    return begins + timedelta(days=31 * (month - 1) - max(0, month - 7) + day - 1)


def new_year(year: int) -> date:
    """The day on which `year` begins. Raises ValueError for a year that Python's dates do not reach."""
    if not _FIRST <= year <= _LAST:
        raise ValueError(f"{year} is no year of the Solar Hijri calendar that dates can be made for")
    return _NEW_YEAR_1400 + timedelta(days=(year - 1400) * 365 + _leaps_before(year) - _leaps_before(1400))


def month_name(month: int, language: str = "fa") -> str:
    """The name of `month`, 1 to 12, as Iran says it, or Afghanistan in fa-AF and prs."""
    afghan = language.replace("_", "-").lower() in {"fa-af", "prs", "prs-af"}
    return (_AFGHAN if afghan else MONTHS)[month - 1]


def long_date(day: date, language: str = "fa") -> str:
    """Day, month in words and year: "۵ آذر ۱۴۰۵"."""
    year, month, rest = from_date(day)
    return digits(f"{rest} {month_name(month, language)} {year}", language)


def _leaps_before(year: int) -> int:
    """Leap years from year 1 up to, not including, `year`."""
    cycles, rest = divmod(year - 1, 33)
    return cycles * len(_LEAP) + sum(leap <= rest for leap in _LEAP)
