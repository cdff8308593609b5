"""Dates: a weekday that is another one, a term that is over, an issue that is dated back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from masthead.common import solar_hijri
from masthead.issues.findings.base import Facts, Finding, texts
from masthead.issues.rendering import wording

#: What is said before a date that is still to come, by language. A term of long ago is history.
_TERMS = {
    "en": r"until|till|by|before|no later than|deadline(?: is)?|closes on",
    "fr": r"jusqu['’]au|avant le|d['’]ici (?:au|le)|au plus tard le|date limite(?: le)?",
    "es": r"hasta el|antes del|a más tardar el|fecha límite",
    "de": r"bis(?: zum)?|spätestens(?: am)?|vor dem|Anmeldeschluss(?: ist)?(?: der)?",
    "ar": r"حتى(?: يوم)?|قبل(?: يوم)?|لغاية|أقصاه",
    "fa": r"تا|پیش از|قبل از|مهلت",
}
_LONG_AGO = 400


def weekdays(facts: Facts) -> Iterator[Finding]:
    """ "Monday, 5 January" where that day is a Thursday."""
    for place, dated in _dated(facts):
        if dated.weekday is not None and all(day.weekday() != dated.weekday for day in dated.near(facts.content.date)):
            yield Finding(
                "weekday", "warn", place, _("“%(text)s” does not fit the calendar.") % {"text": dated.words}, _("Check the date.")
            )


def past(facts: Facts) -> Iterator[Finding]:
    """ "Register by 5 January" in an issue of February, and an issue that is dated before today."""
    if not facts.is_new:
        return
    if facts.content.date < facts.today:
        day = wording.long_date(facts.content.date, get_language() or "en")
        yield Finding(
            "issue-date-past",
            "warn",
            _("date"),
            _("The issue is dated %(date)s, which is past.") % {"date": day},
            _("Choose another day, or none: then it is the day of sending."),
        )
    read_on = max(facts.today, facts.content.date)
    for place, dated in _dated(facts):
        days = [(read_on - day).days for day in dated.near(read_on)]
        if dated.is_term and days and all(0 < ago < _LONG_AGO for ago in days):
            yield Finding("date-past", "warn", place, _("“%(text)s” is over.") % {"text": dated.words}, _("Check the date."))


@dataclass(frozen=True)
class _Dated:
    """A date as written. `days` are the days it may mean: without a year, that of several."""

    words: str
    weekday: int | None
    is_term: bool
    days: tuple[date, ...]
    has_year: bool

    def near(self, day: date) -> tuple[date, ...]:
        """Without a year, the one within half a year of `day` is meant; no date at all for 31 February."""
        if self.has_year:
            return self.days
        return tuple(one for one in self.days if abs((one - day).days) < 184) or self.days


def _dated(facts: Facts) -> Iterator[tuple[str, _Dated]]:
    """(place, date) of each date that is written in words of the issue's language, or as 2026-01-31."""
    patterns = _patterns(facts.content.language)
    if patterns is None:
        return
    year = facts.content.date.year
    for place, text in texts(facts):
        for pattern in patterns.all:
            for match in pattern.finditer(text):
                yield place, patterns.read(match, year)


@dataclass(frozen=True)
class _Patterns:
    """How a language writes dates: names in small letters → weekday from 0, maker of a day from (year, day)."""

    all: tuple[re.Pattern[str], ...]
    weekdays: dict[str, int]
    months: dict[str, tuple[Callable[[int, int], date], int]]

    def read(self, match: re.Match[str], about: int) -> _Dated:
        """What `match` says; `about` is the year of the issue."""
        found = match.groupdict()
        if found["month"].isdecimal():
            make, offset = _gregorian(int(found["month"]))
        else:
            make, offset = self.months[found["month"].casefold()]
        years = [int(found["year"])] if found["year"] else [about + offset + step for step in (-1, 0, 1)]
        days = []
        for year in years:
            try:
                days.append(make(year, int(found["day"])))
            except ValueError:
                continue
        weekday = found.get("weekday")
        return _Dated(
            " ".join(match[0].split()),
            self.weekdays[weekday.casefold()] if weekday else None,
            bool(found["term"]),
            tuple(days),
            bool(found["year"]),
        )


@lru_cache(maxsize=32)
def _patterns(language: str) -> _Patterns | None:
    """None for a language whose names of days and months are not known."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    weekdays = {name.casefold(): number for number, name in locale.days["format"]["wide"].items()}
    months = {name.casefold(): _gregorian(number) for number, name in locale.months["format"]["wide"].items()}
    if locale.language == "fa":
        months |= {name: _persian(number) for number, name in enumerate(solar_hijri.MONTHS, 1)}
    day_words, month_words = ("|".join(sorted(map(re.escape, words), key=len, reverse=True)) for words in (weekdays, months))
    term = rf"(?:(?P<term>\b(?:{_TERMS.get(locale.language, '(?!)')}))\s*:?\s+(?:the\s+|den\s+)?)?"
    weekday = rf"(?:\b(?P<weekday>{day_words})\b[,،]?\s+(?:\w{{2,3}}\s+)?)?"
    year = r"(?:[,،]?\s+(?:de\s+)?(?P<year>\d{4})\b)?"
    return _Patterns(
        (
            re.compile(
                rf"{term}{weekday}\b(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er)?\s+(?:de\s+|of\s+)?(?P<month>{month_words})\b{year}",
                re.I,
            ),
            re.compile(rf"{term}{weekday}\b(?P<month>{month_words})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b{year}", re.I),
            re.compile(rf"{term}{weekday}\b(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)\b", re.I),
        ),
        weekdays,
        months,
    )


def _gregorian(month: int) -> tuple[Callable[[int, int], date], int]:
    return (lambda year, day: date(year, month, day)), 0


def _persian(month: int) -> tuple[Callable[[int, int], date], int]:
    """Also what is to be added to a year of ours, roughly."""
    return (lambda year, day: solar_hijri.to_date(year, month, day)), solar_hijri.from_date(date(2000, 6, 1))[0] - 2000
