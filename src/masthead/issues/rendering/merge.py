"""Merge fields: `{{ name | "dear reader" }}` is a value of one reader, with the words for those who have none.

Grammar, the whole of it:

    field    = "{{" blank name blank "|" blank quote fallback quote blank "}}"
    name     = a to z, then up to 39 of a-z 0-9 _
    quote    = " or typographic “ ” „ « »
    fallback = 1 to 100 characters other than quotes, braces and line ends

No filters, attributes, calls, loops. Whatever is not exactly this stays the literal text it is, and pre-flight names it.
In what is mailed a field is a mark, `{{f0}}`, that delivery fills; on the web and in feeds it is its fallback. A literal `{{`
of an author must never be taken for a mark: `guard()` puts a character between the braces that `unguard_html()` and
`unguard_text()` turn into something harmless.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_QUOTES = '"“”„«»'
FIELD = re.compile(
    r"\{\{\s{0,4}([a-z][a-z0-9_]{0,39})\s{0,4}\|\s{0,4}["
    + _QUOTES
    + r"]([^"
    + _QUOTES
    + r"{}\r\n]{1,100})["
    + _QUOTES
    + r"]\s{0,4}\}\}"
)
#: Tags of other systems and ours when misspelt: must not be mailed.
LEFTOVER = re.compile(r"\{\{.{0,60}|%%.{0,40}|\*\|.{0,40}|\$\{.{0,40}", re.DOTALL)
#: Different fields in an issue, each a value that delivery looks up for each reader.
MOST_FIELDS = 100
#: Fields in one text, repeated ones too: what is more is a mistake or an attack, and is refused before it is worked through.
MOST_IN_A_TEXT = 2_000
_GUARD = "\ue0f0"
_GUARDED = "{" + _GUARD + "{"


class TooManyFields(ValueError):
    """More merge fields than any bulletin needs. The message says how many there may be."""


@dataclass(frozen=True)
class MergeField:
    """A reader's attribute and the words for readers without it."""

    name: str
    fallback: str


@dataclass
class Slots:
    """The marks of one edition, numbered as they appear: f0, f1 …"""

    marks: dict[MergeField, str] = field(default_factory=dict)

    def mark(self, merge_field: MergeField) -> str:
        """The mark of `merge_field` with its braces. Raises TooManyFields."""
        if merge_field not in self.marks:
            if len(self.marks) >= MOST_FIELDS:
                raise TooManyFields(f"The issue has more than {MOST_FIELDS} different merge fields. Use fewer.")
            self.marks[merge_field] = f"f{len(self.marks)}"
        return "{{" + self.marks[merge_field] + "}}"

    def as_dict(self) -> dict[str, dict[str, str]]:
        """As an Edition keeps them: {"f0": {"field": "name", "fallback": "dear reader"}}."""
        return {mark: {"field": known.name, "fallback": known.fallback} for known, mark in self.marks.items()}


def pieces(text: str) -> Iterator[str | MergeField]:
    """`text` in order, its merge fields taken out; everything else is literal."""
    end = 0
    for found in FIELD.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield MergeField(found[1], found[2].strip())
        end = found.end()
    if end < len(text):
        yield text[end:]


def fields(text: str) -> list[MergeField]:
    """The merge fields of `text`, in order, repeated ones too."""
    return [piece for piece in pieces(text) if isinstance(piece, MergeField)]


def leftovers(text: str) -> list[str]:
    """What looks like a tag and is no merge field: a misspelt one, one without fallback, one of another system."""
    return [found.strip() for piece in pieces(text) if isinstance(piece, str) for found in LEFTOVER.findall(piece)]


def with_fallbacks(text: str) -> str:
    """`text` as readers without any attribute see it."""
    return "".join(piece if isinstance(piece, str) else piece.fallback for piece in pieces(text))


def with_marks(text: str, slots: Slots, *, literal: Callable[[str], str] = str) -> str:
    """`text` with marks for its merge fields, everything else passed through `guard` and then `literal` (an escape function).

    Raises TooManyFields; a megabyte of tags is written or refused in well under 200 ms.
    """
    written: list[str] = []
    found = 0
    for piece in pieces(text):
        if isinstance(piece, str):
            written.append(literal(guard(piece)))
            continue
        found += 1
        if found > MOST_IN_A_TEXT:
            raise TooManyFields(f"A text of the issue has more than {MOST_IN_A_TEXT} merge fields. Use fewer.")
        written.append(slots.mark(piece))
    return "".join(written)


def guard(text: str) -> str:
    """`text` with a character between doubled braces, so that no author can write a mark by hand."""
    # Twice: "{{{" holds two pairs, and replace() finds only the first. A pattern with a lookahead takes five times as long.
    return text.replace("{{", _GUARDED).replace("{{", _GUARDED)


def unguard_html(html: str) -> str:
    """What `guard` marked, as HTML that shows two braces."""
    return html.replace("{" + _GUARD, "&#123;")


def unguard_text(text: str) -> str:
    """What `guard` marked, as text: a word joiner, which nobody sees, stays between the braces."""
    return text.replace("{" + _GUARD, "{\N{WORD JOINER}")
