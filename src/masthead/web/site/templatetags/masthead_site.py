"""Links, dates and numbers as the public pages write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from masthead.common import solar_hijri
from masthead.common.text import digits
from masthead.common.urls import path
from masthead.issues.models import Edition, Publication
from masthead.web.forms import HONEYPOT_FIELD, STAMP_FIELD, stamp
from masthead.web.middleware import spoken
from masthead.web.portal.frame import offered_lists

register = template.Library()


@register.simple_tag(takes_context=True)
def to(context: template.Context, name: str, /, **values: str | int) -> str:
    """The path of a page of this publication: {% to "issue" number=1970 %}."""
    return str(context.get("prefix", "")) + path(name, **values)


@register.simple_tag(takes_context=True)
def own_words(context: template.Context, place: str) -> str:
    """The publication's own words for a place, in the page's language; "" for none: {% own_words "sign_up" as words %}."""
    publication = context.get("publication")
    return publication.text(place, str(context.get("language", ""))) if publication else ""


@register.simple_tag
def autonym(language: str) -> str:
    """What a language calls itself; its tag where that is not known."""
    try:
        return Locale.parse(language, sep="-").get_display_name() or language
    except (UnknownLocaleError, ValueError):
        return language


@register.simple_tag
def numbered(value: Edition | int) -> str:
    """ "No. 1970": of an edition in its language, of a number alone in the page's. Plain words, for a title."""
    if not isinstance(value, Edition):
        return _("No. %(label)s") % {"label": localised(value)}
    with override(spoken(value.language)):
        return _("No. %(label)s") % {"label": digits(value.label or value.number, value.language)}


@register.simple_tag
def number_tag(edition: Edition) -> SafeString:
    """The edition's number in its language, kept apart from whatever direction is written around it."""
    return _of(edition, numbered(edition))


@register.simple_tag
def date_tag(edition: Edition) -> SafeString:
    """The edition's date, likewise."""
    return _of(edition, time_tag(edition.date, edition.language))


@register.simple_tag
def dateline_tag(edition: Edition) -> SafeString:
    """Number and date of an edition as one run: a Persian line on an English page stays a Persian line."""
    return _of(edition, format_html("{} · {}", numbered(edition), time_tag(edition.date, edition.language)))


@register.filter
def localised(value: int | str) -> str:
    """A number in the digits of the page's language."""
    return digits(value, get_language() or "en")


@register.simple_tag(takes_context=True)
def to_issue(context: template.Context, edition: Edition) -> str:
    """The path of the edition's page."""
    if edition.issue.translation_of_id is not None:
        return to(context, "issue_language", number=edition.number, language=edition.language)
    return to(context, "issue", number=edition.number)


@register.simple_tag
def form_stamp() -> SafeString:
    """The two hidden fields of a form without a session: the signed time and the one that only machines fill in."""
    return format_html(
        '<input type="hidden" name="{}" value="{}"><p class="trap" aria-hidden="true"><label>{} '
        '<input type="text" name="{}" tabindex="-1" autocomplete="off"></label></p>',
        STAMP_FIELD,
        stamp(),
        _("Leave this empty"),
        HONEYPOT_FIELD,
    )


@register.simple_tag
def sign_up_open(publication: Publication) -> bool:
    """Whether there is a list to sign up to."""
    return bool(offered_lists(publication))


@register.filter
def long_date(value: dt.date | None, language: str = "en") -> str:
    """Day, month in words and year, as `language` writes them."""
    if value is None:
        return ""
    day = value.date() if isinstance(value, dt.datetime) else value
    if solar_hijri.is_used_in(language, day):
        return solar_hijri.long_date(day, language)
    return digits(format_date(day, "long", locale=_locale(language)), language)


@register.simple_tag
def time_tag(value: dt.date, language: str = "en") -> SafeString:
    """A date for people and machines."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), long_date(value, language))


@register.filter
def translated_as(language: str) -> str:
    """The language of our own words beside something written in `language`: for {% language %}."""
    return spoken(language)


def _of(edition: Edition, words: str) -> SafeString:
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', edition.language, edition.direction, words)


def _locale(language: str) -> Any:
    # Plain "en" writes the month first in Babel; most of the world reads the day first.
    try:
        return Locale.parse("en-001" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en-001", sep="-")
