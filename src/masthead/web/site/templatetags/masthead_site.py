"""Links, dates and numbers as the public pages write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.common.urls import path

register = template.Library()


@register.simple_tag(takes_context=True)
def to(context: template.Context, name: str, /, **values: str | int) -> str:
    """The path of a page of this publication: {% to "issue" number=1970 %}."""
    return str(context.get("prefix", "")) + path(name, **values)


@register.filter
def long_date(value: dt.date | None, language: str = "en") -> str:
    """Day, month in words and year, as `language` writes them."""
    return "" if value is None else format_date(value, "long", locale=_locale(language))


@register.filter
def day_and_time(value: dt.datetime | None, language: str = "en") -> str:
    """Date and time with its zone, as `language` writes it."""
    return "" if value is None else format_datetime(value, "long", locale=_locale(language))


@register.simple_tag
def time_tag(value: dt.date, language: str = "en") -> SafeString:
    """A date for people and machines."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), long_date(value, language))


def _locale(language: str) -> Any:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
