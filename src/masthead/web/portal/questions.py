"""The questions a publisher added to a form, as form fields, and the answers that come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from masthead.audience import attributes
from masthead.audience.attributes import Value
from masthead.audience.models import Attribute
from masthead.web.site.templatetags.masthead_site import long_date

Kind = Attribute.Kind
_TYPES = {Kind.DATE: "date", Kind.BOOLEAN: "checkbox"}


@dataclass(frozen=True)
class Question:
    """One field. `options` are values and words; `given` what is filled in or ticked."""

    attribute: Attribute
    label: str
    options: Sequence[tuple[str, str]] = ()
    given: Sequence[str] = field(default_factory=list)
    problem: str = ""

    @property
    def name(self) -> str:
        """The name of the form field: apart from those of our own."""
        return field_name(self.attribute)

    @property
    def type(self) -> str:
        """Of an input element."""
        return _TYPES.get(Kind(self.attribute.kind), "text")

    @property
    def value(self) -> str:
        """What is filled in where only one value can be."""
        return self.given[0] if self.given else ""


def field_name(attribute: Attribute) -> str:
    """The name of the form field for `attribute`."""
    return f"q-{attribute.key}"


def shown(
    among: Sequence[Attribute], language: str, *, given: Mapping[str, Sequence[str]], wrong: Mapping[str, str]
) -> list[Question]:
    """The fields, filled in with what was `given`, else with what the publisher says; `wrong` by key."""
    found = []
    for attribute in among:
        filled_in = given.get(attribute.key, [attribute.default] if attribute.default else [])
        problem = _problem(wrong[attribute.key]) if attribute.key in wrong else ""
        options = _options(attribute, language, filled_in)
        found.append(Question(attribute, attribute.label_in(language), options, filled_in, problem))
    return found


def typed(among: Sequence[Attribute], data: QueryDict) -> dict[str, list[str]]:
    """What came back, by key. A box that is not ticked says no."""
    found = {}
    for attribute in among:
        given = [text[:1000] for text in data.getlist(field_name(attribute))][:200]
        found[attribute.key] = given or (["no"] if attribute.kind == Kind.BOOLEAN else [])
    return found


def checked(among: Sequence[Attribute], given: Mapping[str, Sequence[str]]) -> tuple[dict[str, Value], dict[str, str]]:
    """The values and what is wrong, by key. A box that must be ticked is wrong when it is not."""
    values, wrong = attributes.check(among, given)
    for attribute in among:
        if attribute.kind == Kind.BOOLEAN and attribute.required and values.get(attribute.key) is False:
            wrong[attribute.key] = _("Please tick this.")
    return values, wrong


def held(among: Sequence[Attribute], values: Mapping[str, object]) -> dict[str, list[str]]:
    """What a reader answered before, as it would have come back."""
    found: dict[str, list[str]] = {}
    for attribute in among:
        value = values.get(attribute.key)
        found[attribute.key] = [str(each) for each in value] if isinstance(value, list) else [attributes.as_typed(value)]
    return found


def told(values: Mapping[str, object], language: str) -> list[tuple[str, str]]:
    """What is known of a reader, by its label, as people read it. What nobody defined goes by the name of its merge field."""
    known = {attribute.key: attribute for attribute in Attribute.objects.filter(key__in=list(values))}
    found = []
    for key, value in values.items():
        attribute = known.get(key)
        label = attribute.label_in(language) if attribute else key
        with override(language):
            found.append((label, _as_read(attribute, value, language) if attribute else attributes.as_typed(value)))
    return found


def _as_read(attribute: Attribute, value: object, language: str) -> str:
    if attribute.kind == Kind.DATE:
        # What an import brought before the attribute was defined may be no date: it is shown as it is.
        with suppress(ValueError):
            return long_date(date.fromisoformat(str(value)), language)
    return attributes.show(attribute, value, language)


def _options(attribute: Attribute, language: str, given: Sequence[str]) -> list[tuple[str, str]]:
    if attribute.kind == Kind.COUNTRY:
        return attributes.countries(language)
    if attribute.kind == Kind.LANGUAGE:
        offered = attributes.languages(language)
        # What came by an import may be finer than what we offer, "pt-BR", and stays.
        others = [tag for tag in given if tag and tag not in dict(offered)]
        return offered + [(tag, attributes.show(attribute, tag, language)) for tag in others]
    return [(str(choice), str(choice)) for choice in attribute.choices]


def _problem(exact: str) -> str:
    """Exactly in English, in general in other languages: `audience.attributes` speaks to the desk."""
    return exact if (get_language() or "en").startswith("en") else _("Please look at this answer once more.")
