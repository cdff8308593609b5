"""The values of attributes: read from what people type, checked, and shown again. Nothing here asks the database.

A value is stored as JSON of its kind, so that merge fields, segments and exports see one form of it whatever way it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import gettext as _

from masthead.audience.models import Attribute
from masthead.audience.subscribers import language_tag, one_line

Kind = Attribute.Kind
Value = str | int | float | bool | list[str]

LONGEST_TEXT = 500
#: Larger numbers are not exact any more in JSON and in the arithmetic of databases (2⁵³).
LARGEST_NUMBER = 9_007_199_254_740_991

_NUMBER = re.compile(r"([+\-−]?)(\d{1,16})(?:[.,](\d{1,12}))?")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_YES = frozenset({"yes", "y", "true", "1", "on", "x", "✓", "oui", "ja", "sí", "si", "sim", "نعم", "بله"})
_NO = frozenset({"no", "n", "false", "0", "off", "non", "nein", "não", "لا", "خیر", "نه"})


class BadValue(ValueError):
    """What was typed is no value of this attribute; the message says what would be."""


def parse(attribute: Attribute, typed: str | Sequence[str]) -> Value | None:
    """The value that `typed` means; None for nothing typed. Several choices may be a list, or stand between semicolons.

    Raises BadValue.
    """
    if attribute.kind == Kind.CHOICES:
        return _choices(attribute, typed) or None
    text = one_line(typed if isinstance(typed, str) else " ".join(typed))
    if not text:
        return None
    return _READERS[Kind(attribute.kind)](attribute, text)


def check(attributes: Sequence[Attribute], typed: Mapping[str, str | Sequence[str]]) -> tuple[dict[str, Value], dict[str, str]]:
    """All of a form at once: the values by key, and what is wrong, by key. A required one that is empty is wrong."""
    values: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for attribute in attributes:
        try:
            value = parse(attribute, typed.get(attribute.key, ""))
        except BadValue as error:
            wrong[attribute.key] = str(error)
            continue
        if value is not None:
            values[attribute.key] = value
        elif attribute.required:
            wrong[attribute.key] = _("Fill this in.")
    return values, wrong


def show(attribute: Attribute, value: object, language: str = "en") -> str:
    """A value as people read it: countries and languages by their name, yes and no in the language that is active."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    text = str(value)
    if attribute.kind == Kind.COUNTRY:
        return str(_locale(language).territories.get(text, text))
    if attribute.kind == Kind.LANGUAGE:
        return language_name(text, language)
    return text


def as_typed(value: object) -> str:
    """A value as `parse` takes it back: for forms, exports and imports."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(str(each) for each in value)
    return "" if value is None else str(value)


def countries(language: str) -> list[tuple[str, str]]:
    """ISO 3166 codes and names in `language`, by name."""
    found = _locale(language).territories
    named = [(code, str(name)) for code, name in found.items() if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]
    return sorted(named, key=lambda pair: pair[1].casefold())


def languages(language: str) -> list[tuple[str, str]]:
    """The languages with a code of two letters (ISO 639-1) and their names in `language`, by name."""
    found = _locale(language).languages
    return sorted(((tag, str(name)) for tag, name in found.items() if len(tag) == 2), key=lambda pair: pair[1].casefold())


def _text(_attribute: Attribute, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise BadValue(_("At most %(most)d characters; these are %(count)d.") % {"most": LONGEST_TEXT, "count": len(text)})
    return text


def _number(_attribute: Attribute, text: str) -> int | float:
    found = _NUMBER.fullmatch(text.replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "").replace("٫", "."))
    if found is None:
        raise BadValue(_("This is no number: %(text)s. Examples: 12, -3, 4.5") % {"text": text[:40]})
    sign, whole, part = found.groups()
    if "," in text and part is not None and len(part) == 3:
        # One thousand two hundred, or one and two tenths? Half of the world says one, half the other.
        raise BadValue(
            _("Is %(text)s more than a thousand or less? Write it with a point, or without the comma.") % {"text": text}
        )
    value = int(whole) if not part or not int(part) else float(f"{int(whole)}.{_ascii_digits(part)}")
    if value > LARGEST_NUMBER:
        raise BadValue(_("The number is too large."))
    return -value if sign in {"-", "−"} else value


def _ascii_digits(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _date(_attribute: Attribute, text: str) -> str:
    german = _GERMAN_DATE.fullmatch(text)
    try:
        if german:
            day, month, year = (int(part) for part in german.groups())
            return date(year, month, day).isoformat()
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError(text)
        return date(*(int(part) for part in text.split("-"))).isoformat()
    except ValueError:
        raise BadValue(_("This is no date: %(text)s. Write it as year-month-day: 2026-12-01") % {"text": text[:40]}) from None


def _boolean(_attribute: Attribute, text: str) -> bool:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(_("Write yes or no; this says %(text)s.") % {"text": text[:40]})


def _choice(attribute: Attribute, text: str) -> str:
    for choice in attribute.choices:
        if str(choice).casefold() == text.casefold():
            return str(choice)
    offered = ", ".join(str(choice) for choice in attribute.choices[:10])
    raise BadValue(_("“%(text)s” is none of the choices: %(choices)s") % {"text": text[:40], "choices": offered})


def _choices(attribute: Attribute, typed: str | Sequence[str]) -> list[str]:
    """In the order of the definition, each once. Commas separate, too, unless a choice has one in it."""
    if isinstance(typed, str):
        has_comma = any("," in str(choice) for choice in attribute.choices)
        typed = re.split(r"[;|\n]" if has_comma else r"[;|\n,]", typed)
    chosen = {_choice(attribute, text) for each in typed if (text := one_line(each))}
    return [str(choice) for choice in attribute.choices if str(choice) in chosen]


def _country(_attribute: Attribute, text: str) -> str:
    code = text.upper()
    if len(code) == 2 and code in _locale("en").territories and code not in _NO_COUNTRY:
        return code
    found = _country_codes().get(text.casefold())
    if found is None:
        raise BadValue(_("No country is called %(text)s. Write its name, or its code of two letters: FR") % {"text": text[:40]})
    return found


def _language(_attribute: Attribute, text: str) -> str:
    tag = language_called(text)
    if not tag:
        raise BadValue(_("No language is called %(text)s. Write its name, or a tag such as fr or pt-BR.") % {"text": text[:40]})
    return tag


_READERS = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.COUNTRY: _country,
    Kind.LANGUAGE: _language,
}
#: In CLDR's table of territories, and no countries: unions, tests, "unknown".
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def language_called(text: str) -> str:
    """The tag of the language that somebody names, in any of our languages or by a tag; "" for none."""
    return _language_codes().get(text.casefold()) or language_tag(text)


def language_name(tag: str, language: str) -> str:
    """What the language with this tag is called in `language`; the tag itself where nobody knows."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(language.partition("-")[0]) or tag
    except (UnknownLocaleError, ValueError):
        return tag


@cache
def _country_codes() -> dict[str, str]:
    """Codes by name, in each of our languages."""
    return {name.casefold(): code for language, _name in settings.LANGUAGES for code, name in countries(language)}


@cache
def _language_codes() -> dict[str, str]:
    return {
        str(name).casefold(): tag.replace("_", "-")
        for language, _name in settings.LANGUAGES
        for tag, name in _locale(language).languages.items()
    }
