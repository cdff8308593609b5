"""The grammar of a rule, read from JSON and written to it. Pure: what a condition means is not known here.

    rule       {"all": [rule, …]}     everybody who fits each of them; an empty list fits everybody
               {"any": [rule, …]}     everybody who fits at least one; an empty list fits nobody
               {"not": rule}          everybody else
               condition
    condition  {"if": "attribute", "of": "city", "is": "equal", "to": "Lyon"}

`if` names the condition, `of` its subject (a list, an attribute, a tag …), `is` the operator, `to` the value: text, number, true,
false or a list of texts. `of` and `to` are left out where there is none. `called` may hold the name of the subject for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

DEEPEST = 8
MOST_CONDITIONS = 100
MOST_VALUES = 1000
LONGEST_VALUE = 320

Value = str | int | float | bool | tuple[str, ...] | None


class BadRule(ValueError):
    """This is no rule; the message says where and why."""


@dataclass(frozen=True, slots=True)
class All:
    """Who fits each of `parts`."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Who fits at least one of `parts`."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Who does not fit `part`."""

    part: Rule


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition, as it was written down."""

    condition: str
    operator: str
    subject: str = ""
    value: Value = None
    called: str = ""


Rule = All | Some | Not | Leaf


def read(data: object) -> Rule:
    """The rule that JSON `data` says. Raises BadRule."""
    rule = _read(data, 1)
    count = sum(1 for _leaf in leaves(rule))
    if count > MOST_CONDITIONS:
        raise BadRule(
            _("A segment has at most %(most)d conditions; this one has %(count)d.") % {"most": MOST_CONDITIONS, "count": count}
        )
    return rule


def write(rule: Rule) -> dict[str, object]:
    """`rule` as JSON; `read` gives it back."""
    match rule:
        case All(parts):
            return {"all": [write(part) for part in parts]}
        case Some(parts):
            return {"any": [write(part) for part in parts]}
        case Not(part):
            return {"not": write(part)}
        case Leaf():
            said: dict[str, object] = {"if": rule.condition, "is": rule.operator}
            if rule.subject:
                said["of"] = rule.subject
            if rule.value is not None:
                said["to"] = list(rule.value) if isinstance(rule.value, tuple) else rule.value
            if rule.called:
                said["called"] = rule.called
            return said


def leaves(rule: Rule) -> Iterator[Leaf]:
    """All conditions of `rule`, in reading order."""
    match rule:
        case All(parts) | Some(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case Leaf():
            yield rule


def _read(data: object, depth: int) -> Rule:
    if depth > DEEPEST:
        raise BadRule(_("The conditions are nested deeper than %(most)d levels.") % {"most": DEEPEST})
    if not isinstance(data, Mapping):
        raise BadRule(_("A rule is an object with “all”, “any”, “not” or “if”; this is none: %(text)s") % {"text": _short(data)})
    if set(data) == {"all"} or set(data) == {"any"}:
        parts = data.get("all", data.get("any"))
        if not isinstance(parts, list):
            raise BadRule(_("“all” and “any” take a list of rules."))
        if len(parts) > MOST_CONDITIONS:
            raise BadRule(_("A segment has at most %(most)d conditions.") % {"most": MOST_CONDITIONS})
        found = tuple(_read(part, depth + 1) for part in parts)
        return All(found) if "all" in data else Some(found)
    if set(data) == {"not"}:
        return Not(_read(data["not"], depth + 1))
    return _leaf(data)


def _leaf(data: Mapping[object, object]) -> Leaf:
    unknown = set(data) - {"if", "of", "is", "to", "called"}
    if unknown or "if" not in data or "is" not in data:
        raise BadRule(
            _("A condition has “if”, “is” and, where they fit, “of” and “to”; this has %(keys)s.") % {"keys": _short(list(data))}
        )
    words = {name: data.get(name, "") for name in ("if", "of", "is", "called")}
    for name, word in words.items():
        if not isinstance(word, str) or len(word) > LONGEST_VALUE or "\0" in word:
            raise BadRule(_("“%(name)s” of a condition is a short text.") % {"name": name})
    return Leaf(str(words["if"]), str(words["is"]), str(words["of"]), _value(data.get("to")), str(words["called"]))


def _value(data: object) -> Value:
    if data is None or isinstance(data, bool | int | float):
        return data
    if isinstance(data, str):
        return _text(data)
    if isinstance(data, list) and len(data) <= MOST_VALUES:
        return tuple(_text(each) for each in data)
    raise BadRule(
        _("“to” of a condition is a text, a number, true, false, or a list of at most %(most)d texts.") % {"most": MOST_VALUES}
    )


def _text(data: object) -> str:
    if not isinstance(data, str) or len(data) > LONGEST_VALUE or "\0" in data:
        raise BadRule(_("A value has at most %(most)d characters.") % {"most": LONGEST_VALUE})
    return data


def _short(data: object) -> str:
    text = str(data)
    return text if len(text) <= 60 else text[:60] + "…"
