"""Values of attributes: what people type is read as what they mean, or refused in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from masthead.audience import attributes, defining
from masthead.audience.attributes import BadValue, parse
from masthead.audience.models import Attribute, Subscriber
from masthead.audit.models import Entry

Kind = Attribute.Kind


def of(kind: str, **fields: Any) -> Attribute:
    return Attribute(key="it", label="It", kind=kind, **fields)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (Kind.TEXT, "  two\nlines ", "two lines"),
        (Kind.TEXT, " ", None),
        (Kind.NUMBER, "12", 12),
        (Kind.NUMBER, "-4,5", -4.5),
        (Kind.NUMBER, "1.500", 1.5),
        (Kind.NUMBER, "٣", 3),
        (Kind.NUMBER, "7.0", 7),
        (Kind.DATE, "2024-02-29", "2024-02-29"),
        (Kind.DATE, "1.12.2026", "2026-12-01"),
        (Kind.BOOLEAN, "Yes", True),
        (Kind.BOOLEAN, "nein", False),
        (Kind.BOOLEAN, "0", False),
        (Kind.COUNTRY, "fr", "FR"),
        (Kind.COUNTRY, "Deutschland", "DE"),
        (Kind.COUNTRY, "ایران", "IR"),
        (Kind.LANGUAGE, "pt_BR", "pt-BR"),
        (Kind.LANGUAGE, "Français", "fr"),
    ],
)
def test_what_is_typed_is_read_as_its_kind(kind: str, typed: str, value: object) -> None:
    assert parse(of(kind), typed) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Kind.TEXT, "x" * 501),
        (Kind.NUMBER, "1,234"),
        (Kind.NUMBER, "twelve"),
        (Kind.NUMBER, "1e5"),
        (Kind.NUMBER, "9999999999999999"),
        (Kind.NUMBER, "nan"),
        (Kind.DATE, "03/05/2020"),
        (Kind.DATE, "2025-02-29"),
        (Kind.DATE, "0000-01-01"),
        (Kind.BOOLEAN, "perhaps"),
        (Kind.COUNTRY, "Atlantis"),
        (Kind.COUNTRY, "EU"),
        (Kind.LANGUAGE, "the tongue of the gulls"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(kind: str, typed: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse(of(kind), typed)
    assert len(str(refused.value)) > 15


def test_a_choice_is_found_whatever_its_case_and_several_keep_their_order() -> None:
    one, several = of(Kind.CHOICE, choices=["Morning", "Evening"]), of(Kind.CHOICES, choices=["Sea", "Harbour", "Mud"])
    assert parse(one, "evening") == "Evening"
    assert parse(several, "mud; SEA;mud") == ["Sea", "Mud"]
    assert parse(several, ["Harbour", ""]) == ["Harbour"]
    assert parse(several, "") is None
    with pytest.raises(BadValue, match="Morning, Evening"):
        parse(one, "noon")


@pytest.mark.parametrize("value", ["text", 4.5, True, False, ["Sea", "Mud"], "2026-12-01", None])
def test_a_value_that_is_shown_in_a_form_comes_back_as_it_was(value: object) -> None:
    kinds = {str: Kind.TEXT, float: Kind.NUMBER, bool: Kind.BOOLEAN, list: Kind.CHOICES, type(None): Kind.TEXT}
    assert parse(of(kinds[type(value)], choices=["Sea", "Mud"]), attributes.as_typed(value)) == value


def test_people_read_names_instead_of_codes() -> None:
    assert attributes.show(of(Kind.COUNTRY), "DE", "fr") == "Allemagne"
    assert attributes.show(of(Kind.LANGUAGE), "fa", "en") == "Persian"
    assert attributes.show(of(Kind.BOOLEAN), False) == "no"
    assert attributes.show(of(Kind.COUNTRY), "QX", "en") == "QX"


def test_a_form_names_all_that_is_wrong_at_once() -> None:
    asked = [
        Attribute(key="city", label="City", kind=Kind.TEXT, required=True),
        Attribute(key="age", label="Age", kind=Kind.NUMBER),
        Attribute(key="born", label="Born", kind=Kind.DATE),
    ]
    values, wrong = attributes.check(asked, {"age": "old", "born": "2001-01-01", "other": "x"})
    assert values == {"born": "2001-01-01"}
    assert set(wrong) == {"city", "age"}


def test_a_definition_takes_its_name_from_the_label_and_is_on_the_record(db: None, now: datetime) -> None:
    made = defining.create(
        kind=Kind.CHOICE, label="Favourite time", choices=["Morning", "morning ", "Evening"], by="system", now=now
    )
    assert (made.key, made.choices) == ("favourite_time", ["Morning", "Evening"])
    assert Entry.objects.filter(action="attribute.created").count() == 1
    with pytest.raises(defining.KeyTaken):
        defining.create(kind=Kind.TEXT, label="Favourite Time", by="system", now=now)
    defining.edit(attribute=made, label="When?", labels={"fr": "Quand ?", "de": " "}, by="system", now=now)
    made.refresh_from_db()
    assert (made.label_in("fr-CA"), made.label_in("de"), made.key) == ("Quand ?", "When?", "favourite_time")


@pytest.mark.parametrize(
    "said",
    [
        {"kind": Kind.TEXT, "label": " "},
        {"kind": Kind.TEXT, "label": "E-mail"},
        {"kind": Kind.TEXT, "label": "Name"},
        {"kind": Kind.TEXT, "label": "!!!"},
        {"kind": Kind.TEXT, "label": "2nd"},
        {"kind": Kind.CHOICE, "label": "Time", "choices": ["Only one"]},
        {"kind": Kind.CHOICE, "label": "Time", "choices": ["a;b", "c"]},
        {"kind": Kind.NUMBER, "label": "Age", "default": "old"},
    ],
)
def test_a_definition_that_cannot_be_is_refused(db: None, now: datetime, said: Any) -> None:
    with pytest.raises(defining.BadAttribute):
        defining.create(by="system", now=now, **said)
    assert not Attribute.objects.exists()


def test_answers_are_typed_and_leave_other_values_alone(reader: Subscriber, now: datetime) -> None:
    reader.attributes = {"city": "Lyon", "age": "9"}
    reader.save()
    age = defining.create(kind=Kind.NUMBER, label="Age", by="system", now=now)
    assert defining.answer(subscriber=reader, among=[age], typed={"age": "old"}, by="staff:1", now=now) != {}
    assert Subscriber.objects.get().attributes == {"city": "Lyon", "age": "9"}
    assert defining.answer(subscriber=reader, among=[age], typed={"age": "41"}, by="staff:1", now=now) == {}
    assert Subscriber.objects.get().attributes == {"city": "Lyon", "age": 41}
    assert defining.answer(subscriber=reader, among=[age], typed={}, by="staff:1", now=now) == {}
    assert Subscriber.objects.get().attributes == {"city": "Lyon"}


def test_values_that_came_before_the_definition_become_what_it_says(make_subscriber: Any, now: datetime) -> None:
    for number, held in enumerate(["3", "3,5", "many", None]):
        make_subscriber(f"r{number}@example.org", attributes={} if held is None else {"children": held})
    children = defining.create(kind=Kind.NUMBER, label="Children", by="system", now=now)
    assert defining.convert(attribute=children) == (2, 1)
    held = list(Subscriber.objects.order_by("pk").values_list("attributes", flat=True))
    assert held == [{"children": 3}, {"children": 3.5}, {"children": "many"}, {}]
    assert defining.convert(attribute=children) == (0, 1)
    defining.delete(attribute=children, by="system", now=now)
    assert Subscriber.objects.order_by("pk")[0].attributes == {"children": 3}
