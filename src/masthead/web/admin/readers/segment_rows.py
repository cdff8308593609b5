"""The rows of the segment screen: from a rule, from a form, and back. One level of groups; deeper rules are edited as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from masthead.audience.segments.compiling import SEGMENT, Compiler
from masthead.audience.segments.conditions import Operator, Takes, Words, registry
from masthead.audience.segments.tree import All, Leaf, Not, Rule, Some, leaves

#: Conditions whose subject decides what can be asked: each subject is a choice of its own when a row is added.
_BY_SUBJECT = ("attribute",)
_MOST_GROUPS = 20
_MOST_ROWS = 50


@dataclass
class Row:
    """One condition as it stands in the form, right or wrong."""

    kind: str
    subject: str = ""
    operator: str = ""
    values: list[str] = field(default_factory=list)
    called: str = ""


@dataclass
class Group:
    """Rows, of which all, any or none must hold."""

    mode: str = "all"
    rows: list[Row] = field(default_factory=list)


@dataclass
class Rows:
    """The whole form: all or any of the groups must hold."""

    mode: str = "all"
    groups: list[Group] = field(default_factory=list)


@dataclass(frozen=True)
class Drawn:
    """A row with what its widgets offer."""

    row: Row
    place: str
    label: str
    subjects: list[tuple[str, str]]
    operators: list[tuple[str, Words]]
    choices: tuple[tuple[str, Words], ...]
    several: bool
    takes: bool
    hint: str
    note: Words = ""


def of_rule(rule: Rule) -> Rows | None:
    """The rows that say `rule`; None for one that rows cannot say."""
    if not isinstance(rule, All | Some):
        rule = All((rule,))
    rows = Rows("all" if isinstance(rule, All) else "any")
    for part in rule.parts:
        group = _group(part)
        if group is None:
            return None
        if isinstance(part, Leaf) and rows.groups and rows.groups[-1].mode == rows.mode and rows.mode == "all":
            rows.groups[-1].rows += group.rows
        else:
            rows.groups.append(group)
    return rows if len(rows.groups) <= _MOST_GROUPS else None


def to_rule(rows: Rows, compiler: Compiler) -> Rule:
    """What the rows say. Groups without rows say nothing."""
    parts: list[Rule] = []
    for group in rows.groups:
        several = tuple(_leaf(row, compiler) for row in group.rows)
        if several:
            wholes: dict[str, Rule] = {"all": All(several), "any": Some(several), "none": Not(Some(several))}
            parts.append(wholes[group.mode])
    return Some(tuple(parts)) if rows.mode == "any" and parts else All(tuple(parts))


def of_form(posted: QueryDict) -> Rows:
    """The rows as they were sent, each known by "group.row". What is too much is left out."""
    rows = Rows("any" if posted.get("mode") == "any" else "all")
    for number in range(_MOST_GROUPS):
        mode = posted.get(f"mode-{number}")
        if mode is None:
            break
        group = Group(mode if mode in {"all", "any", "none"} else "all")
        for place in (f"{number}.{row}" for row in range(_MOST_ROWS)):
            if f"if-{place}" in posted:
                values = [text for each in posted.getlist(f"to-{place}") for text in each.split(";") if text.strip()]
                asked = posted.get(f"is-{place}", "")
                group.rows.append(
                    Row(posted.get(f"if-{place}", ""), posted.get(f"of-{place}", ""), asked, [v.strip() for v in values])
                )
        rows.groups.append(group)
    return rows


def recall(rows: Rows, rule: Rule) -> None:
    """Give subjects that are gone the names which the saved `rule` has for them: a form has only their keys."""
    called = {(leaf.condition, leaf.subject): leaf.called for leaf in leaves(rule)}
    for row in (row for group in rows.groups for row in group.rows):
        row.called = row.called or called.get((row.kind, row.subject), "")


def act(rows: Rows, what: str, posted: QueryDict, compiler: Compiler, within: str = "") -> None:
    """One of the buttons that change the form itself: "add:0", "remove:0.2", "group", "ungroup:1"."""
    verb, _colon, place = what.partition(":")
    group, _dot, row = place.partition(".")
    if verb == "group" and len(rows.groups) < _MOST_GROUPS:
        rows.groups.append(Group("any"))
    if not group.isdecimal() or int(group) >= len(rows.groups):
        return
    chosen = rows.groups[int(group)]
    if verb == "add" and len(chosen.rows) < _MOST_ROWS:
        kind, _slash, subject = posted.get(f"new-{group}", "").partition("/")
        if registry.get(kind) is not None or kind == SEGMENT:
            chosen.rows.append(_begun(kind, subject, compiler, within))
    elif verb == "remove" and row.isdecimal() and int(row) < len(chosen.rows):
        del chosen.rows[int(row)]
    elif verb == "ungroup":
        del rows.groups[int(group)]


def _begun(kind: str, subject: str, compiler: Compiler, within: str) -> Row:
    """A new row, asking what its widgets will show as chosen: the first of each."""
    condition = registry.get(kind)
    if condition is None:
        return Row(kind, next((key for key in compiler.segments() if key != within), ""), "in")
    known = compiler.subjects_of(condition)
    subject = subject or next(iter(known), "")
    operators = condition.operators_of(known.get(subject))
    first = next(iter(operators), "")
    choices = operators[first].choices if first else ()
    one_of = bool(choices) and operators[first].takes is not Takes.TEXTS
    return Row(kind, subject, first, [choices[0][0]] if one_of else [])


def kinds(compiler: Compiler) -> list[tuple[str, str]]:
    """What can be added as a row: the value of the choice and its words."""
    found: list[tuple[str, str]] = []
    for condition in registry.all():
        if condition.name in _BY_SUBJECT:
            subjects = compiler.subjects_of(condition)
            found += [(f"{condition.name}/{key}", f"{condition.label}: {subjects[key]}") for key in subjects]
        elif condition.subjects is None or len(compiler.subjects_of(condition)):
            found.append((condition.name, str(condition.label)))
    if compiler.segments():
        found.append((SEGMENT, _("Another segment")))
    return found


def drawn(rows: Rows, compiler: Compiler, within: str = "") -> list[tuple[int, Group, list[Drawn]]]:
    """The groups with their rows, ready to be shown."""
    return [
        (number, group, [_drawn(row, f"{number}.{place}", compiler, within) for place, row in enumerate(group.rows)])
        for number, group in enumerate(rows.groups)
    ]


def _drawn(row: Row, place: str, compiler: Compiler, within: str) -> Drawn:
    condition = registry.get(row.kind)
    if row.kind == SEGMENT:
        others = [(key, each.name) for key, each in compiler.segments().items() if key != within]
        operators: list[tuple[str, Words]] = [("in", _("is in it")), ("out", _("is not in it"))]
        return Drawn(row, place, _("Another segment"), _with_gone(others, row), operators, (), False, False, "")
    if condition is None:
        return Drawn(row, place, row.kind, [], [(row.operator, row.operator)], (), False, False, "")
    known = compiler.subjects_of(condition)
    subjects = [] if condition.subjects is None else [(key, str(known[key])) for key in known]
    if subjects and not row.subject and condition.name not in _BY_SUBJECT:
        row.subject = subjects[0][0]
    subject = known.get(row.subject)
    operators_here = condition.operators_of(subject)
    label = str(condition.label)
    if condition.name in _BY_SUBJECT:
        label, subjects = f"{label}: {subject or row.called or row.subject}", []
    chosen = operators_here.get(row.operator) or next(iter(operators_here.values()), Operator(""))
    takes = any(each.takes is not Takes.NOTHING for each in operators_here.values())
    return Drawn(
        row,
        place,
        label,
        _with_gone(subjects, row) if subjects or (condition.name not in _BY_SUBJECT and condition.subjects) else [],
        [(name, each.label) for name, each in operators_here.items()] or [(row.operator, row.operator)],
        _choices(operators_here),
        chosen.takes is Takes.TEXTS,
        takes,
        _hint(operators_here),
        condition.note,
    )


def _choices(operators: Mapping[str, Operator]) -> tuple[tuple[str, Words], ...]:
    return next((each.choices for each in operators.values() if each.choices), ())


def _with_gone(subjects: list[tuple[str, str]], row: Row) -> list[tuple[str, str]]:
    """A subject that is gone stays chosen, so that nobody saves the first of the others without noticing."""
    if row.subject and row.subject not in dict(subjects):
        return [(row.subject, _("%(name)s (gone)") % {"name": row.called or row.subject}), *subjects]
    return subjects


def _hint(operators: Mapping[str, Operator]) -> str:
    taken = {each.takes for each in operators.values()}
    if Takes.DATE in taken:
        return _("2026-12-01, or a number of days")
    if Takes.PERCENT in taken:
        return _("percent")
    if Takes.NUMBER in taken:
        return _("a number")
    return _("several with ; between them") if Takes.TEXTS in taken else ""


def _group(rule: Rule) -> Group | None:
    """A part of a rule as a group; None for one with something in it that is no condition."""
    mode = "all"
    if isinstance(rule, Not):
        inner = rule.part
        rule, mode = (inner if isinstance(inner, Some) else Some((inner,))), "none"
    elif isinstance(rule, Some):
        mode = "any"
    parts = rule.parts if isinstance(rule, All | Some) else (rule,)
    asked = [part for part in parts if isinstance(part, Leaf)]
    if len(asked) != len(parts) or not asked or len(asked) > _MOST_ROWS:
        return None
    return Group(mode, [_row(leaf) for leaf in asked])


def _row(leaf: Leaf) -> Row:
    values = list(leaf.value) if isinstance(leaf.value, tuple) else [] if leaf.value is None else [str(leaf.value)]
    return Row(leaf.condition, leaf.subject, leaf.operator, values, leaf.called)


def _leaf(row: Row, compiler: Compiler) -> Leaf:
    """Values that an operator does not take are what the form still held; they are dropped, not refused."""
    leaf = Leaf(row.kind, row.operator, row.subject, called=row.called)
    operator = _operator(row, compiler)
    if operator is not None and operator.takes is Takes.NOTHING:
        return leaf
    if operator is not None and operator.takes is Takes.TEXTS:
        return replace(leaf, value=tuple(row.values))
    return replace(leaf, value="; ".join(row.values)) if row.values else leaf


def _operator(row: Row, compiler: Compiler) -> Operator | None:
    condition = registry.get(row.kind)
    if condition is None:
        return None
    subject = compiler.subjects_of(condition).get(row.subject)
    if condition.subjects and subject is None:
        return None
    return condition.operators(subject).get(row.operator)
