"""Which readers a list of them shows: a filter of fixed questions, as a value that can be kept, sent in an address and asked.

What segments can ask is asked by their compiler; only a part of address or name, and bounces, are asked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, Model, OuterRef, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from masthead.audience import attributes, lookups
from masthead.audience.models import Attribute, MailingList, Segment, Subscriber, Subscription, Tag, Tagging
from masthead.audience.segments import saving
from masthead.audience.segments.compiling import SEGMENT, Compiler
from masthead.audience.segments.tree import All, Leaf, Not, Rule
from masthead.mail.models import Suppression

#: What the state can be besides that of a subscription.
SUPPRESSED, BOUNCED = "suppressed", "bounced"

#: The orders a list of readers can have, by the columns of ours that make them.
SORTS: Mapping[str, tuple[str, ...]] = {
    "": ("-id",),
    "old": ("id",),
    "address": ("address_key",),
    "name": ("name", "id"),
    "domain": ("domain", "id"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Who fits all of it; empty fields ask nothing."""

    #: A part of address or name.
    text: str = ""
    list: int | None = None
    #: Of `Subscription.State` on the list, or on any; or SUPPRESSED, or BOUNCED.
    state: str = ""
    tag: int | None = None
    #: The key of an attribute, and what it says in the words of a form; "" asks whether it is known.
    attribute: str = ""
    value: str = ""
    source: str = ""
    segment: int | None = None
    domain: str = ""
    #: Known to us from this day on, and up to and with this day (UTC).
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return any(getattr(self, each.name) for each in fields(self))

    def as_json(self) -> dict[str, Any]:
        """As `from_json` takes it back, without what asks nothing."""
        said = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return {name: value for name, value in said.items() if value not in (None, "")}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Filter:
        """Raises ValueError and TypeError for what `as_json` did not write."""
        days = {name: date.fromisoformat(said[name]) for name in ("since", "until") if name in said}
        return cls(**{**said, **days})


@dataclass(slots=True)
class Offered:
    """What a filter can name: lists, tags and segments by their ids, and attributes with key, label and kind."""

    lists: dict[int, str] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    segments: dict[int, str] = field(default_factory=dict)
    attributes: list[Attribute] = field(default_factory=list)


def readers(asked: Filter, *, now: datetime) -> QuerySet[Subscriber]:
    """Who fits, in no order. Raises SegmentBroken and BadRule for what is not there, BadValue for no value of the attribute.

    Lists and tags are asked here by their ids, so that no names are looked up; EXISTS lets a page of the newest stop early.
    """
    rule = _rule(replace(asked, list=None, tag=None, state=_without_list(asked.state)))
    found = Compiler(now=now).of_rule(rule).filter(merged_into=None)
    if asked.list or asked.state in Subscription.State.values:
        of_reader = Subscription.objects.filter(subscriber=OuterRef("pk"))
        if asked.list:
            of_reader = of_reader.filter(list=asked.list)
        if asked.state in Subscription.State.values:
            of_reader = of_reader.filter(state=asked.state)
        found = found.filter(Exists(of_reader))
    if asked.tag:
        found = found.filter(pk__in=Tagging.objects.filter(tag=asked.tag).values("subscriber"))
    if asked.text.strip():
        found = lookups.matching(found, asked.text.strip())
    if asked.state == BOUNCED:
        found = found.filter(Exists(Suppression.objects.filter(fingerprint=OuterRef("fingerprint"), reason="bounced")))
    return found


def listed(asked: Filter, *, sort: str = "", now: datetime) -> QuerySet[Subscriber]:
    """The same for a list of them: in an order, with their subscriptions, and whether they are suppressed."""
    found = readers(asked, now=now).order_by(*SORTS.get(sort, SORTS[""]))
    return found.annotate(is_suppressed=lookups.is_suppressed()).prefetch_related("subscriptions")


def in_words(asked: Filter, *, now: datetime) -> str:
    """One sentence for people. The text searched for stands in it."""
    parts = []
    in_any_state = asked.list if asked.state not in Subscription.State.values else None
    if in_any_state and (named := MailingList.objects.filter(pk=in_any_state).first()):
        # As a rule it would be "not (never on it)".
        parts.append(_("on the list “%(name)s”, in whatever state") % {"name": named.name})
        asked = replace(asked, list=None)
    rule = _rule(asked)
    if rule != All(()):
        parts.append(saving.in_words(rule, Compiler(now=now)))
    if asked.state == BOUNCED:
        parts.append(_("bounced out"))
    if asked.text.strip():
        parts.append(_("with “%(text)s” in address or name") % {"text": asked.text.strip()})
    return str(_(" and ")).join(parts) or _("everybody")


def offered() -> Offered:
    """All that can be chosen, by one query."""
    parts = [
        _named(MailingList, "list", "name"),
        _named(Tag, "tag", "name"),
        _named(Segment, "segment", "name"),
        _named(Attribute, "attribute", "label", key=F("key"), kind=F("kind"), place=F("position")),
    ]
    found = Offered()
    rows = sorted(parts[0].union(*parts[1:], all=True), key=lambda row: (row[4], row[2].casefold()))
    for what, key, name, kind, _place in rows:
        if what == "attribute":
            found.attributes.append(Attribute(key=key, label=name, kind=kind))
        else:
            {"list": found.lists, "tag": found.tags, "segment": found.segments}[what][int(key)] = name
    return found


def _named(model: type[Model], what: str, name: str, **more: Any) -> QuerySet[Any, Any]:
    columns = {"what": Value(what), "key": Cast("pk", CharField()), "said": F(name), "kind": Value(""), "place": Value(0)} | more
    aliases = {f"o_{alias}": value for alias, value in columns.items()}
    found: QuerySet[Any, Any] = model._default_manager.order_by().annotate(**aliases).values_list(*aliases)
    return found


def _without_list(state: str) -> str:
    return "" if state in Subscription.State.values else state


def _rule(asked: Filter) -> Rule:
    """What segments can say of it."""
    parts: list[Rule] = []
    if asked.list:
        on_it = asked.state in Subscription.State.values
        parts.append(_leaf("list", asked.state, asked.list) if on_it else Not(_leaf("list", "never", asked.list)))
    elif asked.state in Subscription.State.values:
        parts.append(_leaf("any_list", asked.state))
    if asked.state == SUPPRESSED:
        parts.append(_leaf("suppressed", "yes"))
    if asked.tag:
        parts.append(_leaf("tag", "has", asked.tag))
    if asked.attribute:
        parts.append(_of_attribute(asked.attribute, asked.value.strip()))
    if asked.source.strip():
        parts.append(Leaf("source", "contains", value=asked.source.strip()))
    if asked.segment:
        parts.append(_leaf(SEGMENT, "in", asked.segment))
    if asked.domain.strip():
        parts.append(Leaf("domain", "under", value=(asked.domain.strip(),)))
    if asked.since:
        parts.append(Leaf("added", "since", value=asked.since.isoformat()))
    if asked.until:
        parts.append(Leaf("added", "before", value=(asked.until + timedelta(days=1)).isoformat()))
    return All(tuple(parts))


def _leaf(condition: str, operator: str, subject: int | None = None) -> Leaf:
    return Leaf(condition, operator, str(subject or ""))


def _of_attribute(key: str, typed: str) -> Leaf:
    """A text contains what was typed; what has a kind is equal to it."""
    attribute = Attribute.objects.filter(key=key).first()
    if attribute is None or not typed:
        return Leaf("attribute", "known", key)
    kind = Attribute.Kind
    if attribute.kind == kind.TEXT:
        return Leaf("attribute", "contains", key, typed)
    value = attributes.parse(attribute, typed)
    if attribute.kind == kind.BOOLEAN:
        return Leaf("attribute", "yes" if value else "no", key)
    if attribute.kind == kind.CHOICES:
        return Leaf("attribute", "has", key, value[0] if isinstance(value, list) else None)
    if attribute.kind == kind.DATE:
        return Leaf("attribute", "on", key, str(value))
    if attribute.kind == kind.NUMBER and isinstance(value, int | float):
        return Leaf("attribute", "equal", key, value)
    return Leaf("attribute", "equal", key, (str(value),))
