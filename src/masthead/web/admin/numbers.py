"""How many, written as a language writes it: 33,000, 33.000, 33 000, ۳۳٬۰۰۰. Not for numbers that are names: issues, years."""

from __future__ import annotations

from django.utils.translation import get_language

from masthead.common.text import digits

#: Between groups of three; a space that is narrow and does not break in French and Spanish.
_BETWEEN = {"en": ",", "de": ".", "fr": "\u202f", "es": "\u202f", "ar": "٬", "fa": "٬"}
#: Spanish keeps four digits together.
_LEAST = {"es": 10_000}


class Counted(int):
    """A number that writes itself in the language at hand and is any other number else, so that sentences find its plural."""

    def __str__(self) -> str:
        return grouped(self, get_language() or "en")


def grouped(number: int, language: str) -> str:
    """`grouped(33000, "de")` is "33.000"."""
    primary = language.split("-")[0]
    written = format(int(number), "," if abs(number) >= _LEAST.get(primary, 1000) else "d")
    return digits(written.replace(",", _BETWEEN.get(primary, ",")), language)
