"""Footnotes: `[^key]` in any text of the body, numbered by first appearance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from masthead.issues.content import Note

MARK = re.compile(r"\[\^([^\[\]\s^]{1,60})\]")


@dataclass(frozen=True)
class Mark:
    """One place that points to a note: `number` of the note, `time` 1 at its first mark, 2 at the next."""

    number: int
    time: int

    @property
    def ref(self) -> str:
        """The id of the place, for the way back: "ref-3", then "ref-3-2"."""
        return f"ref-{self.number}" if self.time == 1 else f"ref-{self.number}-{self.time}"


@dataclass
class Notes:
    """The notes of one medium and how often each was pointed to. A mark without a note stays the text it is."""

    known: dict[str, Note]
    times: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, notes: Iterable[Note]) -> Notes:
        """No note pointed to yet."""
        return cls({note.key: note for note in notes})

    def pieces(self, text: str) -> Iterator[str | Mark]:
        """`text` in order, its note marks taken out and numbered."""
        end = 0
        for found in MARK.finditer(text):
            if found[1] not in self.known:
                continue
            if found.start() > end:
                yield text[end : found.start()]
            yield self._mark(found[1])
            end = found.end()
        if end < len(text):
            yield text[end:]

    def _mark(self, key: str) -> Mark:
        self.times[key] = self.times.get(key, 0) + 1
        return Mark(list(self.times).index(key) + 1, self.times[key])

    def used(self) -> list[tuple[int, Note, int]]:
        """(number, note, how often pointed to), by number. Grows while notes that point to notes are rendered."""
        return [(number, self.known[key], times) for number, (key, times) in enumerate(self.times.items(), 1)]


def without_marks(text: str) -> str:
    """`text` for places where a note cannot be pointed to."""
    return MARK.sub("", text)
