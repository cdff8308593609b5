"""Attributes are defined, changed and taken away; readers' values are set by them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from masthead.audience import attributes
from masthead.audience.imports.columns import merge_field
from masthead.audience.models import Attribute, Subscriber
from masthead.audience.subscribers import one_line
from masthead.audit.recording import record

Kind = Attribute.Kind

#: These are columns of a reader, or marks that each mail fills in by itself.
RESERVED = frozenset(
    {"email", "e_mail", "address", "name", "language", "format", "length", "note", "since", "suppressed", "lists", "tags"}
    | {"unsubscribe_url", "preferences_url", "view_url", "subscribe_url", "address_masked", "link", "publication", "list"}
)
MOST_CHOICES = 200
_AT_ONCE = 1000


class BadAttribute(ValueError):
    """The definition cannot be; the message says why, `field` which part of it is meant."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class KeyTaken(Exception):
    """There is an attribute of this name."""

    def __init__(self, key: str) -> None:
        super().__init__(_("There is already an attribute “%(key)s”. Choose another name.") % {"key": key})


class Definition(TypedDict, total=False):
    """What may be said of an attribute, then and later."""

    label: str
    labels: Mapping[str, str]
    choices: Sequence[str]
    required: bool
    default: str
    at_sign_up: bool
    editable: bool
    position: int


@transaction.atomic
def create(*, kind: str, by: str, now: datetime, key: str = "", **said: Unpack[Definition]) -> Attribute:
    """A new attribute. Its key comes from the label unless it is given. Raises BadAttribute and KeyTaken."""
    made = Attribute(kind=Kind(kind), created_at=now)
    _apply(made, said)
    made.key = merge_field(key or made.label)
    if not re.fullmatch(r"\w+", made.key) or made.key[0].isdigit():
        raise BadAttribute(
            "key", _("The name of a merge field begins with a letter and has letters, digits and _: favourite_colour")
        )
    if made.key in RESERVED:
        raise BadAttribute("key", _("“%(key)s” is a field that every reader has. Choose another name.") % {"key": made.key})
    if "position" not in said:
        last = Attribute.objects.order_by("-position").first()
        made.position = last.position + 1 if last else 1
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise KeyTaken(made.key) from error
    record(
        action="attribute.created", by=by, now=now, subject=f"attribute:{made.pk}", details={"key": made.key, "kind": made.kind}
    )
    return made


@transaction.atomic
def edit(*, attribute: Attribute, by: str, now: datetime, **said: Unpack[Definition]) -> Attribute:
    """Change what is given; key and kind stay. A choice that is taken away stays with the readers who made it."""
    before = {name: getattr(attribute, name) for name in said}
    _apply(attribute, said)
    changed = [name for name, value in before.items() if getattr(attribute, name) != value]
    if changed:
        attribute.save(update_fields=changed)
        record(action="attribute.changed", by=by, now=now, subject=f"attribute:{attribute.pk}", details={"fields": changed})
    return attribute


@transaction.atomic
def delete(*, attribute: Attribute, by: str, now: datetime) -> None:
    """Take the definition away. What readers answered stays as a merge field of theirs; segments by it say that it is gone."""
    record(action="attribute.deleted", by=by, now=now, subject=f"attribute:{attribute.pk}", details={"key": attribute.key})
    attribute.delete()


@transaction.atomic
def answer(
    *,
    subscriber: Subscriber,
    among: Sequence[Attribute],
    typed: Mapping[str, str | Sequence[str]],
    by: str,
    now: datetime,
) -> dict[str, str]:
    """Set the reader's values of `among` to what was typed; empty takes a value away. Other values stay.

    Returns what is wrong, by key; then nothing is changed.
    """
    values, wrong = attributes.check(among, typed)
    if wrong:
        return wrong
    locked = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    ours = {attribute.key for attribute in among}
    after = {key: value for key, value in locked.attributes.items() if key not in ours} | values
    if after != locked.attributes:
        changed = sorted(key for key in ours if after.get(key) != locked.attributes.get(key))
        locked.attributes = after
        locked.save(update_fields=["attributes"])
        if by != "reader":
            record(action="reader.changed", by=by, now=now, subject=f"reader:{subscriber.pk}", details={"fields": changed})
    subscriber.attributes = after
    return {}


def convert(*, attribute: Attribute, progress: Callable[[int], None] = lambda _done: None) -> tuple[int, int]:
    """Make values that came before the definition what its kind says. Returns how many were changed, and how many do not fit.

    What does not fit stays as it was. May be repeated; each batch is a transaction of its own.
    """
    done = changed = unfit = after = 0
    while True:
        batch = list(Subscriber.objects.filter(pk__gt=after).order_by("pk").only("pk", "attributes")[:_AT_ONCE])
        if not batch:
            return changed, unfit
        after, done = batch[-1].pk, done + len(batch)
        for reader in batch:
            held = reader.attributes.get(attribute.key)
            if not isinstance(held, str):
                continue
            try:
                value = attributes.parse(attribute, held)
            except attributes.BadValue:
                unfit += 1
                continue
            if value != held:
                changed += _replace(reader.pk, attribute.key, held, value)
        progress(done)


def _replace(pk: int, key: str, held: str, value: attributes.Value | None) -> int:
    """Under a lock, and only if nobody has changed the value meanwhile."""
    with transaction.atomic():
        reader = Subscriber.objects.select_for_update().filter(pk=pk).first()
        if reader is None or reader.attributes.get(key) != held:
            return 0
        if value is None:
            reader.attributes.pop(key)
        else:
            reader.attributes[key] = value
        reader.save(update_fields=["attributes"])
    return 1


def _apply(attribute: Attribute, said: Definition) -> None:
    for name, value in said.items():
        setattr(attribute, name, value)
    attribute.label = one_line(attribute.label)[:150]
    if not attribute.label:
        raise BadAttribute("label", _("An attribute needs a label."))
    attribute.labels = {lang: one_line(text)[:150] for lang, text in attribute.labels.items() if one_line(text)}
    has_choices = attribute.kind in {Kind.CHOICE, Kind.CHOICES}
    attribute.choices = _checked_choices(attribute.choices) if has_choices else []
    attribute.default = one_line(attribute.default)
    if attribute.default:
        try:
            attributes.parse(attribute, attribute.default)
        except attributes.BadValue as error:
            raise BadAttribute("default", _("What is filled in does not fit: %(why)s") % {"why": error}) from error


def _checked_choices(choices: Sequence[str]) -> list[str]:
    found: dict[str, str] = {}
    for choice in choices:
        text = one_line(choice)
        if ";" in text or "|" in text:
            raise BadAttribute("choices", _("A choice cannot contain ; or |: they stand between choices."))
        if text:
            found.setdefault(text.casefold(), text[:150])
    if not 1 < len(found) <= MOST_CHOICES:
        raise BadAttribute("choices", _("Give at least two choices, and at most %(most)d, one a line.") % {"most": MOST_CHOICES})
    return list(found.values())
