"""Conditions on one reader: parts of a mail that only some get. `city is Lyon and not member`.

Grammar, the whole of it:

    condition = clause { "and" clause }
    clause    = ["not"] name | name "is" ["not"] value
    name      = as in `merge`: a to z, then up to 39 of a-z 0-9 _
    value     = words, or words between " " or “ ”, which may then contain " and "

A name alone asks whether the reader has a value other than "no". Letters compare without regard to case; of several choices one
is enough. A reader of whom nothing is known fulfils only what is said with "not".

In what is mailed such a part stands between two marks, `{{if_<condition in hexadecimal>}}` and `{{end_if}}`; parts are never
inside one another. `delivery` keeps or drops them before it compiles a mail, so a mark can never reach a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: Different conditions in an issue: each doubles the number of mails there can be.
MOST_CONDITIONS = 6
_NAME = r"[a-z][a-z0-9_]{0,39}"
_CLAUSE = re.compile(
    rf"(?P<name>{_NAME})\s+is\s+(?P<not>not\s+)?(?P<value>\S.*)|(?P<without>not\s+)?(?P<alone>{_NAME})", re.DOTALL
)
_AND = re.compile(r"\s+and\s+(?=(?:[^\"“”]*[\"“][^\"“”]*[\"”])*[^\"“”]*$)", re.IGNORECASE)
_PART = re.compile(r"\{\{if_([0-9a-f]+)\}\}(.*?)\{\{end_if\}\}(\n\n)?", re.DOTALL)


class BadCondition(ValueError):
    """The condition is none. The message says what it may look like."""


@dataclass(frozen=True)
class Clause:
    """One thing asked of a reader; without `value` whether there is one at all."""

    name: str
    value: str | None
    negated: bool

    def holds(self, known: Mapping[str, object]) -> bool:
        """Whether the reader with the values `known` fulfils it."""
        found = known.get(self.name)
        values = [_folded(one) for one in (found if isinstance(found, list) else [found])]
        said = [one for one in values if one and one != "no"]
        fits = bool(said) if self.value is None else _folded(self.value) in values
        return fits != self.negated


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a condition. Raises BadCondition."""
    return tuple(_clause(part) for part in _AND.split(text.strip()))


def holds(clauses: tuple[Clause, ...], known: Mapping[str, object]) -> bool:
    """Whether a reader with the values `known` fulfils all of them."""
    return all(clause.holds(known) for clause in clauses)


def opening(text: str) -> str:
    """The mark before a part that stands under the condition `text`."""
    return "{{if_" + text.strip().encode().hex() + "}}"


#: The mark after it.
CLOSING = "{{end_if}}"


def conditions_in(*texts: str) -> list[str]:
    """The conditions that occur in `texts`, each once, in a settled order."""
    return sorted({bytes.fromhex(found[1]).decode() for text in texts for found in _PART.finditer(text)})


def decided(text: str, keep: Callable[[str], bool]) -> str:
    """`text` with its parts kept or dropped, and no mark of a condition left."""

    def part(found: re.Match[str]) -> str:
        return found[2] + (found[3] or "") if keep(bytes.fromhex(found[1]).decode()) else ""

    return _PART.sub(part, text)


def for_nobody(text: str) -> str:
    """`text` as a reader of whom nothing is known gets it."""
    return decided(text, lambda condition: holds(parse(condition), {}))


def _clause(text: str) -> Clause:
    found = _CLAUSE.fullmatch(text.strip())
    if found is None:
        raise BadCondition(
            f"“{text.strip()}” is no condition. Write: member · not member · city is Lyon · city is not Lyon and member"
        )
    if found["alone"]:
        return Clause(found["alone"], None, negated=bool(found["without"]))
    return Clause(found["name"], found["value"].strip().strip('"“”').strip(), negated=bool(found["not"]))


def _folded(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split()).casefold() if value is not None else ""
