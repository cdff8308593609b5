"""Segments are kept under a name, changed, deleted; and asked who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from masthead.audience.models import Segment, Subscriber
from masthead.audience.segments import tree
from masthead.audience.segments.compiling import SEGMENT, Compiler, SegmentBroken
from masthead.audience.segments.conditions import registry
from masthead.audience.segments.tree import All, BadRule, Leaf, Not, Rule, Some
from masthead.audience.subscribers import one_line
from masthead.audit.recording import record

LONGEST_NAME = 100


class BadSegmentName(ValueError):
    """The name cannot be a segment's; the message says why."""


class SegmentNameTaken(Exception):
    """There is a segment of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(_("There is already a segment called “%(name)s”. Choose another name.") % {"name": name})


class SegmentInUse(Exception):
    """Other segments refer to it: without it they could not be used any more."""

    def __init__(self, segment: Segment, others: Sequence[Segment]) -> None:
        names = ", ".join(f"“{each.name}”" for each in others)
        super().__init__(
            _("“%(name)s” is part of the segments %(others)s. Change those first.") % {"name": segment.name, "others": names}
        )


@transaction.atomic
def create(*, name: str, rule: Rule, description: str = "", by: str, now: datetime) -> Segment:
    """A new segment. Raises BadSegmentName, SegmentNameTaken, BadRule and SegmentBroken."""
    name = _checked(name)
    made = Segment(name=name, key=name.casefold(), description=description.strip(), by=by, created_at=now, changed_at=now)
    made.rule = _as_json(rule, within="", now=now)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise SegmentNameTaken(name) from error
    record(action="segment.created", by=by, now=now, subject=f"segment:{made.pk}", details={"name": name})
    return made


@transaction.atomic
def edit(*, segment: Segment, name: str, rule: Rule, description: str, by: str, now: datetime) -> Segment:
    """Change all of it. A campaign that is scheduled takes the rule as it is when it starts. Raises as `create` does."""
    name = _checked(name)
    after = {
        "name": name,
        "key": name.casefold(),
        "description": description.strip(),
        "rule": _as_json(rule, within=str(segment.pk), now=now),
    }
    if Segment.objects.filter(key=after["key"]).exclude(pk=segment.pk).exists():
        raise SegmentNameTaken(name)
    changed = [field for field, value in after.items() if getattr(segment, field) != value]
    if changed:
        for field in changed:
            setattr(segment, field, after[field])
        segment.by, segment.changed_at = by, now
        segment.save(update_fields=[*changed, "by", "changed_at"])
        record(action="segment.changed", by=by, now=now, subject=f"segment:{segment.pk}", details={"fields": changed})
    return segment


@transaction.atomic
def delete(*, segment: Segment, by: str, now: datetime) -> None:
    """Forget the rule. A campaign that has not started and names it will say that it is gone. Raises SegmentInUse."""
    others = used_by(segment)
    if others:
        raise SegmentInUse(segment, others)
    record(action="segment.deleted", by=by, now=now, subject=f"segment:{segment.pk}", details={"name": segment.name})
    segment.delete()


def find(name: str) -> Segment | None:
    """The segment of this name, letter case aside."""
    return Segment.objects.filter(key=one_line(name).casefold()).first()


def used_by(segment: Segment) -> list[Segment]:
    """The other segments that refer to this one."""
    found = []
    for other in Segment.objects.exclude(pk=segment.pk):
        try:
            named = {leaf.subject for leaf in tree.leaves(tree.read(other.rule)) if leaf.condition == SEGMENT}
        except BadRule:
            continue
        if str(segment.pk) in named:
            found.append(other)
    return found


def narrowing(*, segments: Sequence[Segment], excluded: Sequence[Segment], now: datetime) -> Q:
    """The condition on readers: in one of `segments` (if any are given), and in none of `excluded`. Raises SegmentBroken."""
    compiler = Compiler(now=now)
    whole = Q()
    if segments:
        either = Q(pk__in=[])
        for segment in segments:
            either |= compiler.condition(segment) or ~Q(pk__in=[])
        whole &= either
    for segment in excluded:
        whole &= ~(compiler.condition(segment) or ~Q(pk__in=[]))
    return whole


def trouble_of(segment: Segment, *, now: datetime) -> str:
    """Why the segment cannot be used; empty when it can."""
    try:
        Compiler(now=now).readers(segment)
    except SegmentBroken as error:
        return error.why
    return ""


def in_words(rule: Rule, compiler: Compiler) -> str:
    """The rule as one sentence for people; what is gone stands there by its old name."""
    match rule:
        case All(()):
            return _("everybody")
        case Some(()):
            return _("nobody")
        case All(parts):
            return str(_(" and ")).join(_grouped(part, compiler) for part in parts)
        case Some(parts):
            return str(_(" or ")).join(_grouped(part, compiler) for part in parts)
        case Not(part):
            return _("not (%(rule)s)") % {"rule": in_words(part, compiler)}
        case Leaf():
            return _leaf_in_words(rule, compiler)


def _grouped(rule: Rule, compiler: Compiler) -> str:
    words = in_words(rule, compiler)
    return f"({words})" if isinstance(rule, All | Some) and len(rule.parts) > 1 else words


def _leaf_in_words(leaf: Leaf, compiler: Compiler) -> str:
    if leaf.condition == SEGMENT:
        other = compiler.segments().get(leaf.subject)
        name = other.name if other else leaf.called or leaf.subject
        return (_("in “%(name)s”") if leaf.operator == "in" else _("not in “%(name)s”")) % {"name": name}
    condition = registry.get(leaf.condition)
    if condition is None:
        return leaf.condition
    subject = compiler.subjects_of(condition).get(leaf.subject)
    operator = condition.operators_of(subject).get(leaf.operator)
    name = str(subject) if subject is not None else leaf.called or leaf.subject
    value = ", ".join(leaf.value) if isinstance(leaf.value, tuple) else "" if leaf.value is None else str(leaf.value)
    if operator and operator.sentence and (subject is not None or not leaf.subject):
        return str(operator.sentence) % {"name": name, "value": value}
    asked = str(operator.label) if operator else leaf.operator
    asked = asked.replace("…", value) if "…" in asked else f"{asked} {value}".strip()
    if subject is None and leaf.subject:
        return _("%(condition)s “%(name)s” (gone) %(asked)s") % {"condition": condition.label, "name": name, "asked": asked}
    if name:
        return _("%(condition)s “%(name)s” %(asked)s") % {"condition": condition.label, "name": name, "asked": asked}
    return f"{condition.label} {asked}"


def readers_in(segment: Segment, *, now: datetime) -> list[Subscriber]:
    """Ten of those who are in it, as a sample: not the newest, not the oldest. Raises SegmentBroken."""
    return sample(tree.read(segment.rule), within=str(segment.pk), now=now)


def sample(rule: Rule, *, within: str = "", now: datetime, most: int = 10) -> list[Subscriber]:
    """Some who fit, by their fingerprints: as good as random, and the same ones each time. Raises SegmentBroken and BadRule."""
    return list(Compiler(now=now).of_rule(rule, within).order_by("fingerprint")[:most])


def _as_json(rule: Rule, *, within: str, now: datetime) -> dict[str, object]:
    """Checked, and with the names of subjects beside their keys, for the day when they are gone."""
    compiler = Compiler(now=now)
    named = _named(tree.read(tree.write(rule)), compiler)
    compiler.check(named, within)
    return tree.write(named)


def _named(rule: Rule, compiler: Compiler) -> Rule:
    match rule:
        case All(parts):
            return All(tuple(_named(part, compiler) for part in parts))
        case Some(parts):
            return Some(tuple(_named(part, compiler) for part in parts))
        case Not(part):
            return Not(_named(part, compiler))
        case Leaf():
            condition = registry.get(rule.condition)
            subject = (
                compiler.segments().get(rule.subject)
                if rule.condition == SEGMENT
                else compiler.subjects_of(condition).get(rule.subject)
                if condition
                else None
            )
            return replace(rule, called=str(subject)[:200]) if subject is not None else rule


def _checked(name: str) -> str:
    name = one_line(name)
    if not name:
        raise BadSegmentName(_("A segment needs a name."))
    if len(name) > LONGEST_NAME:
        raise BadSegmentName(_("The name of a segment has at most %(most)d characters.") % {"most": LONGEST_NAME})
    return name
