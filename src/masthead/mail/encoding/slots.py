"""Slots in a text: `{{mark}}`, found once, filled often."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_SLOT = re.compile(r"\{\{([a-z0-9_]+)\}\}")
_BREAKS = re.compile("[\\x00\\r\\n\\v\\f\\x1c-\\x1e\\x85\u2028\u2029]")


#: For each mark its values in a batch of mails.
Columns = Mapping[str, Sequence[str]]
TokenColumns = Mapping[str, Sequence[bytes]]


class BadMail(ValueError):
    """A part cannot stand in a mail; the text names the part, what is wrong with it, and the way out."""


def split(text: str) -> tuple[list[str], list[str]]:
    """The constant texts and the marks between them: one text more than marks."""
    pieces = _SLOT.split(text)
    return pieces[::2], pieces[1::2]


def marks_in(text: str) -> frozenset[str]:
    """The marks that occur in `text`."""
    return frozenset(_SLOT.findall(text))


def one_line(value: str, where: str) -> str:
    """`value`, if it has no line break, NUL or other separator in it. Raises BadMail, which names `where` (rule S17)."""
    found = _BREAKS.search(value)
    if found is not None:
        raise BadMail(f"{where} contains a line break or a NUL (U+{ord(found[0]):04X}); it must be one line.")
    return value


def filled(constants: list[str], marks: list[str], values: Mapping[str, str]) -> str:
    """The text with `values` in its slots. Raises KeyError for a mark without a value."""
    out = [constants[0]]
    for mark, constant in zip(marks, constants[1:], strict=True):
        out += (values[mark], constant)
    return "".join(out)
