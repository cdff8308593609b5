"""What every reader of manuscripts returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class BadManuscript(ValueError):
    """The file cannot be read as a manuscript; the text says where, why, and what to do."""


@dataclass(frozen=True)
class Piece:
    """One block to be: `kind` is a block of `masthead.issues.stream`, `value` what its form stores.

    An image's value is {"source", "alt", "decorative", "caption", "link"} instead: whoever makes the issue finds the picture.
    """

    kind: str
    value: Mapping[str, Any]


@dataclass(frozen=True)
class Dropped:
    """Something that is not in the issue: `place` as near as can be said, `what` it is, its `words`."""

    place: str
    what: str
    words: str = ""

    def __str__(self) -> str:
        said = f"{self.place}: {self.what}" if self.place else self.what
        return f"{said}: “{self.words[:200]}”" if self.words else said


@dataclass
class Manuscript:
    """A manuscript taken apart. `notes` are key → rich text, `meta` the fields of its front matter by name.

    `dropped` is what is not in it, `noticed` what was changed on the way without losing a word. `pictures` are the bytes of
    pictures that came inside the file, by the `source` of their piece. `words_in` counts the words of the source.
    """

    meta: dict[str, str] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)
    noticed: list[Dropped] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    words_in: int = 0
