"""The filter for how many, everywhere at hand."""

from __future__ import annotations

from typing import Any

from django import template

from masthead.web.admin.numbers import Counted

register = template.Library()


@register.filter
def counted(value: Any) -> Any:
    """A whole number as `Counted`; anything else as it is."""
    return Counted(value) if isinstance(value, int) and not isinstance(value, bool) else value
