"""From a rule to a query: every name is looked up in an allow-list, every value becomes a bound parameter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from masthead.audience.models import Segment, Subscriber
from masthead.audience.segments import tree
from masthead.audience.segments.conditions import Asked, Condition, Operator, Rows, Takes, Words, registry
from masthead.audience.segments.tree import All, BadRule, Leaf, Not, Rule, Some

#: The condition that names another segment is part of the grammar itself: only here are all segments known.
SEGMENT = "segment"


class SegmentBroken(Exception):
    """The segment refers to something that is not there any more. Nobody is in it, and nothing is sent to it."""

    def __init__(self, why: str, name: str = "") -> None:
        self.why = why
        super().__init__(_("The segment “%(name)s” cannot be used: %(why)s") % {"name": name, "why": why} if name else why)


class Compiler:
    """Compiles rules as of `now`. It asks for the subjects of a condition once, so one compiler serves many rules."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self._subjects: dict[str, Mapping[str, Any]] = {}
        self._segments: dict[str, Segment] | None = None
        self._within: list[str] = []
        self._made: dict[str, Q] = {}

    def readers(self, segment: Segment) -> QuerySet[Subscriber]:
        """Who is in `segment`. Raises SegmentBroken."""
        try:
            rule = tree.read(segment.rule)
            return self.of_rule(rule, within=str(segment.pk or ""))
        except (SegmentBroken, BadRule) as error:
            raise SegmentBroken(str(error), segment.name) from error

    def of_rule(self, rule: Rule, within: str = "") -> QuerySet[Subscriber]:
        """Who fits `rule`, which is that of the segment `within`. Raises SegmentBroken and BadRule."""
        self._within = [within] if within else []
        return Subscriber.objects.filter(self._narrowed(rule))

    def condition(self, segment: Segment) -> Q:
        """The same as a condition on Subscriber."""
        try:
            self._within = [str(segment.pk)]
            return self._compile(tree.read(segment.rule))
        except (SegmentBroken, BadRule) as error:
            raise SegmentBroken(str(error), segment.name) from error

    def count(self, rule: Rule, within: str = "") -> int:
        """How many fit. One condition alone is counted in its own rows: a tenth of the time at a million readers."""
        self._within = [within] if within else []
        single = rule
        while isinstance(single, All | Some) and len(single.parts) == 1:
            single = single.parts[0]
        if isinstance(single, Leaf) and single.condition != SEGMENT:
            found = self._leaf(single)
            if isinstance(found, Rows) and found.has:
                rows = found.rows if found.once else found.rows.order_by().values("subscriber").distinct()
                return rows.count()
        return self.of_rule(rule, within).count()

    def check(self, rule: Rule, within: str = "") -> None:
        """Raise BadRule or SegmentBroken if `rule` cannot be compiled."""
        self.of_rule(rule, within)

    def subjects_of(self, condition: Condition) -> Mapping[str, Any]:
        """What the condition can be asked of, by key."""
        if condition.name not in self._subjects:
            self._subjects[condition.name] = condition.subjects() if condition.subjects else {}
        return self._subjects[condition.name]

    def segments(self) -> Mapping[str, Segment]:
        """All segments, by their id as text."""
        if self._segments is None:
            self._segments = {str(each.pk): each for each in Segment.objects.all()}
        return self._segments

    def checked(self, leaf: Leaf) -> tuple[Condition, Operator, object]:
        """The condition, its operator, the value as its type. Raises BadRule; SegmentBroken for a subject that is gone."""
        condition = registry.get(leaf.condition)
        if condition is None:
            raise SegmentBroken(_("it asks for “%(name)s”, which this Masthead does not know.") % {"name": leaf.condition[:60]})
        if condition.subjects is not None and leaf.subject not in self.subjects_of(condition):
            if not leaf.subject:
                raise BadRule(_("%(condition)s: say of which.") % {"condition": condition.label})
            raise SegmentBroken(str(condition.gone) % {"name": leaf.called or leaf.subject[:60]})
        if condition.subjects is None and leaf.subject:
            raise BadRule(_("%(condition)s takes no “of”.") % {"condition": condition.label})
        operator = condition.operators(self.subjects_of(condition).get(leaf.subject)).get(leaf.operator)
        if operator is None:
            raise BadRule(
                _("%(condition)s cannot be “%(operator)s”.") % {"condition": condition.label, "operator": leaf.operator[:60]}
            )
        label = f"{condition.label} “{self.subjects_of(condition)[leaf.subject]}”" if condition.by_subject else condition.label
        return condition, operator, value_of(leaf, operator, label)

    def _narrowed(self, rule: Rule) -> Q:
        """Of conditions that must all hold, the first about rows becomes IN instead of EXISTS: the database may begin with it."""
        if isinstance(rule, Leaf):
            rule = All((rule,))
        if not isinstance(rule, All):
            return self._compile(rule)
        whole, begun = Q(), False
        for part in rule.parts:
            found = self._leaf(part) if isinstance(part, Leaf) else self._compile(part)
            if isinstance(found, Rows) and found.has and not begun:
                whole &= Q(pk__in=found.rows.order_by().values("subscriber"))
                begun = True
            else:
                whole &= _as_q(found)
        return whole

    def _compile(self, rule: Rule) -> Q:
        match rule:
            case All(parts):
                whole = Q()
                for part in parts:
                    whole &= self._compile(part)
                return whole
            case Some(parts):
                # An empty `pk__in` is how Django says "nobody", and leaves it out of the SQL where it can.
                either = Q(pk__in=[])
                for part in parts:
                    either |= self._whole(part)
                return either
            case Not(part):
                return ~self._whole(part)
            case Leaf():
                return _as_q(self._leaf(rule))

    def _whole(self, rule: Rule) -> Q:
        """An empty `Q` means everybody only inside AND; elsewhere it must say so."""
        return self._compile(rule) or ~Q(pk__in=[])

    def _leaf(self, leaf: Leaf) -> Q | Rows:
        if leaf.condition == SEGMENT:
            return self._other(leaf)
        condition, _operator, value = self.checked(leaf)
        return condition.compile(
            Asked(leaf.subject, self.subjects_of(condition).get(leaf.subject), leaf.operator, value, self.now)
        )

    def _other(self, leaf: Leaf) -> Q:
        if leaf.operator not in {"in", "out"} or leaf.value is not None:
            raise BadRule(_("A reader is in another segment, or out of it; nothing else can be asked."))
        if leaf.subject in self._within:
            raise SegmentBroken(_("it refers to itself, by way of other segments."))
        other = self.segments().get(leaf.subject)
        if other is None:
            raise SegmentBroken(
                _("the segment “%(name)s”, which it refers to, is gone.") % {"name": leaf.called or leaf.subject[:60]}
            )
        if len(self._within) >= tree.DEEPEST:
            raise SegmentBroken(_("segments refer to one another more than %(most)d deep.") % {"most": tree.DEEPEST})
        self._within.append(leaf.subject)
        if leaf.subject not in self._made:
            self._made[leaf.subject] = self._whole(tree.read(other.rule))
        self._within.pop()
        return self._made[leaf.subject] if leaf.operator == "in" else ~self._made[leaf.subject]


def _as_q(found: Q | Rows) -> Q:
    if isinstance(found, Q):
        return found
    exists = Exists(found.rows.order_by().filter(subscriber=OuterRef("pk")))
    return Q(exists) if found.has else ~Q(exists)


def value_of(leaf: Leaf, operator: Operator, label: Words) -> object:
    """The value of `leaf`, a condition called `label`, as what its operator takes. Raises BadRule."""
    said = leaf.value
    try:
        value = _TAKEN[operator.takes](said)
    except (ValueError, TypeError, OverflowError):
        raise BadRule(str(_WRONG[operator.takes]) % {"condition": label}) from None
    if operator.choices:
        allowed = {key for key, _label in operator.choices}
        chosen = value if isinstance(value, tuple) else (value,)
        if not set(chosen) <= allowed:
            raise BadRule(_("%(condition)s: that is none of the choices.") % {"condition": label})
    return value


def _nothing(said: object) -> None:
    if said not in (None, ""):
        raise ValueError(said)


def _text(said: object) -> str:
    if isinstance(said, bool) or not isinstance(said, str | int | float) or not str(said).strip():
        raise ValueError(said)
    return str(said).strip()


def _texts(said: object) -> tuple[str, ...]:
    several = said if isinstance(said, tuple) else (said,)
    found = tuple(_text(each) for each in several)
    if not found:
        raise ValueError(said)
    return found


def _number(said: object) -> int | float:
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        raise TypeError(said)
    number = float(said)
    if not math.isfinite(number) or abs(number) > 1e15:
        raise ValueError(said)
    return int(number) if number.is_integer() else number


def _date(said: object) -> date:
    return date.fromisoformat(_text(said))


def _days(said: object) -> int:
    number = _number(said)
    if not isinstance(number, int) or not 0 <= number <= 36_500:
        raise ValueError(said)
    return number


def _percent(said: object) -> int | float:
    number = _number(said)
    if not 0 < number <= 100:
        raise ValueError(said)
    return number


_TAKEN = {
    Takes.NOTHING: _nothing,
    Takes.TEXT: _text,
    Takes.TEXTS: _texts,
    Takes.NUMBER: _number,
    Takes.DATE: _date,
    Takes.DAYS: _days,
    Takes.PERCENT: _percent,
}
_WRONG: Mapping[Takes, Words] = {
    Takes.NOTHING: gettext_lazy("%(condition)s is compared with nothing here."),
    Takes.TEXT: gettext_lazy("%(condition)s: write what it is compared with."),
    Takes.TEXTS: gettext_lazy("%(condition)s: write or choose what it is compared with."),
    Takes.NUMBER: gettext_lazy("%(condition)s: write a number, such as 12 or 4.5."),
    Takes.DATE: gettext_lazy("%(condition)s: write a day as year-month-day, such as 2026-12-01."),
    Takes.DAYS: gettext_lazy("%(condition)s: write a number of days, at most 36,500."),
    Takes.PERCENT: gettext_lazy("%(condition)s: write how many of a hundred: more than 0, at most 100."),
}
