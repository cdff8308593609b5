"""What a rule can ask: the registry of conditions, filled by this package and by those above it.

A package registers its conditions when the application starts (`AppConfig.ready`).
The guide is docs/how-to/add-a-segment-condition.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

Words = str | Promise


class Takes(Enum):
    """What an operator is compared with."""

    NOTHING = "nothing"
    TEXT = "text"
    #: One or several texts, of which one must fit.
    TEXTS = "texts"
    NUMBER = "number"
    #: "2026-12-01".
    DATE = "date"
    #: A whole number of days, 0 to 36,500.
    DAYS = "days"
    #: More than 0, at most 100.
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to ask: its words, in which "…" is the place of the value; and what it is compared with.

    `choices`: the values that there are; empty: any. `sentence`: the whole condition in words, with %(name)s of the subject and
    %(value)s, where label, name, words and value one after the other would be none.
    """

    label: Words
    takes: Takes = Takes.NOTHING
    choices: tuple[tuple[str, Words], ...] = ()
    sentence: Words = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Readers who have at least one of `rows` (a queryset with the column `subscriber`), or none of them.

    `once`: a reader has at most one of them, so that counting rows counts readers.
    """

    rows: QuerySet[Any]
    has: bool = True
    once: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition with its parts checked: subject and operator are ones that there are, the value is of the right type."""

    #: The key, and what `Condition.subjects` has under it.
    subject: str
    of: Any
    operator: str
    value: Any
    now: datetime


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that can be asked of readers. `compile` gives `Rows`, or a `Q` on Subscriber that is never NULL."""

    name: str
    label: Words
    compile: Callable[[Asked], Q | Rows]
    #: By the subject, which is None for a condition without one.
    operators: Callable[[Any], Mapping[str, Operator]]
    #: Subjects by their key: anything whose `str` is the name that people know. None: the condition has no subject.
    subjects: Callable[[], Mapping[str, Any]] | None = None
    #: Whether what can be asked depends on the subject.
    by_subject: bool = False
    #: What a rule says whose subject is not there any more: %(name)s is what it was called.
    gone: Words = ""
    #: What somebody who chooses it should know: whom it cannot see.
    note: Words = ""

    def operators_of(self, subject: Any) -> Mapping[str, Operator]:
        """The ways to ask of `subject`; None is one that is gone, of which its words stay where they are those of any subject."""
        return {} if subject is None and self.by_subject else self.operators(subject)


class Registry:
    """The conditions that there are, by name, in the order in which they were registered."""

    def __init__(self) -> None:
        self._conditions: dict[str, Condition] = {}

    def register(self, condition: Condition) -> None:
        """Add one. Raises ValueError for a name that is taken."""
        if self._conditions.get(condition.name, condition) is not condition:
            raise ValueError(f"the condition {condition.name!r} is registered already")
        self._conditions[condition.name] = condition

    def get(self, name: str) -> Condition | None:
        """The condition of this name."""
        return self._conditions.get(name)

    def all(self) -> list[Condition]:
        """Each of them."""
        return list(self._conditions.values())


registry = Registry()
