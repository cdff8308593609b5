"""The lines an issue has besides its text: number, date, byline, subject, preview line. All in the active language."""

from __future__ import annotations

from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from masthead.common import solar_hijri
from masthead.common.text import digits, printable
from masthead.issues.content import Content
from masthead.issues.rendering.excerpt import excerpt_body
from masthead.issues.rendering.merge import Slots, guard, unguard_text, with_fallbacks, with_marks
from masthead.issues.rendering.notes import without_marks

#: Mail programs show at most about 140 characters beside the subject.
_PREHEADER_MOST = 250


def catalogue(language: str) -> str:
    """The language of the fixed words: that of the issue if there is a catalogue, else English."""
    try:
        return get_supported_language_variant(language.lower())
    except LookupError:
        return "en"


def label(content: Content) -> str:
    """The number as printed, "1970–71" or "۱۹۷۰"."""
    return one_line(content.label) or digits(content.number, content.language)


def numbered(content: Content) -> str:
    """The number with its word, "No. 1970"."""
    return _("No. %(label)s") % {"label": label(content)}


def dated(content: Content) -> str:
    """The date, long, in the issue's language: "22 November 2026"."""
    return long_date(content.date, content.language)


def long_date(day: date, language: str) -> str:
    """ "22 November 2026" as `language` (BCP 47) writes it, in its calendar and digits."""
    if solar_hijri.is_used_in(language, day):
        return solar_hijri.long_date(day, language)
    return digits(format_date(day, format="long", locale=_locale(language)), language)


def corrected(content: Content) -> str:
    """The words before a correction: "Corrected on 24 November 2026:"."""
    if content.corrected_on is None:
        return _("Corrected:")
    return _("Corrected on %(date)s:") % {"date": long_date(content.corrected_on, content.language)}


def byline(content: Content) -> str:
    """The free line, or the contributors by part: "By A, B and C. Translated by D"."""
    if content.byline:
        return one_line(content.byline)
    forms = {"by": _("By %(names)s"), "translation": _("Translated by %(names)s"), "photos": _("Photos by %(names)s")}
    lines = []
    for role, form in forms.items():
        names = [one_line(person.name) for person in content.people if person.role == role]
        if names:
            lines.append(form % {"names": format_list(names, locale=_locale(content.language))})
    return " · ".join(lines)


def subject(content: Content, slots: Slots) -> str:
    """The subject as set, or the usual one, with marks for merge fields."""
    if content.subject.strip():
        return unguard_text(with_marks(one_line(content.subject), slots))
    usual = _("%(publication)s No. %(label)s: %(title)s")
    words = usual % {"publication": content.masthead.name, "label": label(content), "title": plain_title(content)}
    return unguard_text(guard(one_line(words)))


def preheader(content: Content, slots: Slots) -> str:
    """The preview line with marks for merge fields."""
    return unguard_text(with_marks(preheader_source(content), slots))


def preheader_source(content: Content) -> str:
    """The preview line as set, or the excerpt, its merge fields as written."""
    line = one_line(without_marks(content.preheader.strip() or content.excerpt))
    return line if len(line) <= _PREHEADER_MOST else line[:_PREHEADER_MOST].rsplit(" ", 1)[0] + "…"


def continue_url(content: Content) -> str:
    """Where "Continue reading" leads: the page, at the place where the mail ended if that place is marked."""
    return content.url + ("#more" if excerpt_body(content) else "")


def one_line(text: str) -> str:
    """`text` printable and on one line."""
    return " ".join(printable(text).split())


def plain_title(content: Content) -> str:
    """The headline for places that hold neither marks nor fields."""
    return one_line(with_fallbacks(without_marks(content.title)))


def _locale(language: str) -> Locale:
    # Plain "en" prints the month first in Babel; most of the world reads the day first.
    for tag in ("en-001" if language == "en" else language, language.split("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
