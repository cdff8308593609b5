"""Counting words: those of a source that are neither in the manuscript nor in its report are put into the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape

from masthead.issues.manuscripts.neutral import Dropped, Manuscript

_WORD = re.compile(r"\w+")
_NOTE_MARK = re.compile(r"\[\^[^\s\[\]^]{1,40}\]")
_INLINE = re.compile(r"</?(?:b|i|a|sup|sub|code)\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")
_SHY = "\u00ad"


def of(text: str) -> list[str]:
    """The words of plain `text`, soft hyphens inside them left out."""
    return _WORD.findall(text.replace(_SHY, ""))


def count(texts: Iterable[str]) -> int:
    """How many words `texts` have together."""
    return sum(len(of(text)) for text in texts)


def kept(manuscript: Manuscript) -> Iterator[str]:
    """Every text that an issue made of `manuscript` holds."""
    yield from (value for name, value in manuscript.meta.items() if name not in {"language", "guessed_language", "canonical"})
    for piece in manuscript.pieces:
        for name, value in piece.value.items():
            if isinstance(value, str) and name not in {"source_url", "link", "lang", "level", "shape", "tone"}:
                if piece.kind == "image" and name == "source":
                    continue
                yield _plain(value) if name == "text" and piece.kind != "heading" else value.replace("\\|", "|").replace("|", " ")
    yield from (_plain(note) for note in manuscript.notes.values())


def kept_count(manuscript: Manuscript) -> int:
    """How many words the issue will have."""
    return count(_NOTE_MARK.sub("", text) for text in kept(manuscript))


def missing(sources: list[tuple[str, str]], manuscript: Manuscript) -> list[Dropped]:
    """What of `sources` ((place, text) each) nobody accounts for: nothing, unless a reader has a fault."""
    texts = [_NOTE_MARK.sub(" ", text) for text in kept(manuscript)]
    texts += [one.words for one in manuscript.dropped]
    there = Counter(word for text in texts for word in of(text))
    wanted = Counter(word for _place, text in sources for word in of(text))
    lost = wanted - there
    if not lost:
        return []
    squashed = "".join(word for text in texts for word in of(text))
    found = []
    for place, text in sources:
        mine = [word for word in of(text) if lost[word] > 0]
        if mine and "".join(of(text)) not in squashed:
            lost -= Counter(mine)
            found.append(Dropped(place, "could not be carried over", " ".join(mine)))
    return found


def _plain(markup: str) -> str:
    return unescape(_TAG.sub(" ", _INLINE.sub("", markup)))
