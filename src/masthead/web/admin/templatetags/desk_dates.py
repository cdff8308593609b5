"""Takes the place of Django's own filters `date` and `time`: the same, in the digits and the calendar of the language."""

from __future__ import annotations

import datetime
from typing import Any

from django import template
from django.template import defaultfilters
from django.utils.translation import get_language

from masthead.web.admin.calendar import written

register = template.Library()


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, pattern: str | None = None) -> str:
    """A day, or a day and time, by a format of Django."""
    if not isinstance(value, datetime.date):
        return str(defaultfilters.date(value, pattern))
    return written(value, pattern or "DATE_FORMAT", get_language() or "en")


@register.filter(expects_localtime=True, is_safe=False)
def time(value: Any, pattern: str | None = None) -> str:
    """A time of day by a format of Django."""
    if not isinstance(value, datetime.date | datetime.time):
        return str(defaultfilters.time(value, pattern))
    return written(value, pattern or "TIME_FORMAT", get_language() or "en")
