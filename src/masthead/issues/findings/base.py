"""A finding, and what the checks know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Literal

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from masthead.issues.blocks.base import Block
from masthead.issues.content import Content
from masthead.issues.rendering.edition import Rendered

Level = Literal["block", "warn"]


@dataclass(frozen=True)
class Finding:
    """`id` never changes: sending over a warning is recorded by it. `place` is where, `fix` what to do about `message`."""

    id: str
    level: Level
    place: str
    message: str
    fix: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the checks may look at. `rendered` is None when the content cannot be rendered; `render_problem` says why.

    `mode` is what leaves: "full", "excerpt", "reader" for what each reader chose, "none" for no mail at all.
    `note_keys` are the keys of all notes as stored, doubles included. `earlier_subjects` are those of other issues,
    `private_paths` the paths of issues of ours that are not public. `today` is the day in the publication's time zone.
    `is_new`: nothing of the issue is public or promised yet. `leaves`: its mail is for readers and goes by a mail server.
    `lenient` are the ids of findings that the publication lowered to warnings.
    `link_answers` are the last answers of sites that were asked: address → (verdict of `LinkCheck`, detail).
    """

    content: Content
    rendered: Rendered | None
    today: date
    mode: str = "full"
    render_problem: str = ""
    number_problem: str = ""
    number_gap: str = ""
    asset_problems: tuple[tuple[str, str], ...] = ()
    asset_bytes: int = 0
    attachment_bytes: int = 0
    from_address: str = ""
    own_host: str = ""
    note_keys: tuple[str, ...] = ()
    earlier_subjects: frozenset[str] = frozenset()
    private_paths: frozenset[str] = frozenset()
    is_new: bool = True
    leaves: bool = True
    lenient: frozenset[str] = frozenset()
    link_answers: Mapping[str, tuple[str, str]] = field(default_factory=dict)


#: What an owner may let pass with a warning, publication by publication.
LOWERABLE = ("alt-missing", "link-http")


def lowered(facts: Facts, id: str) -> Level:
    """The level of a finding that stops unless the publication lets it pass."""
    return "warn" if id in facts.lenient else "block"


def place_of(number: int) -> str:
    """The words for the block at `number`, counted from one."""
    return _("block %(place)s") % {"place": number}


def texts(facts: Facts) -> Iterator[tuple[str, str]]:
    """(place, text without markup) of everything an editor wrote."""
    content = facts.content
    yield _("headline"), content.title
    yield _("subject"), content.subject
    yield _("preview line"), content.preheader
    yield _("byline"), content.byline
    yield _("excerpt"), content.excerpt
    yield _("lead picture"), " ".join(filter(None, (content.lead_caption, content.lead_credit)))
    for number, block in enumerate(content.body, 1):
        yield place_of(number), plain(block)
    for note in content.notes:
        yield _("footnote %(key)s") % {"key": note.key}, strip_tags(note.html)


def plain(block: Block) -> str:
    """All words of a block, its parts on lines of their own; addresses and settings left out."""
    return "\n".join(_words(block))


def length(content: Content) -> int:
    """How many words the text and its notes have."""
    return sum(len(plain(block).split()) for block in content.body) + sum(
        len(strip_tags(note.html).split()) for note in content.notes
    )


#: Not words: addresses, names of a choice, what the block is.
_NOT_WORDS = frozenset({"url", "link", "lang", "only", "show_if", "tone", "kind", "name"})


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _words(item)
    elif is_dataclass(value):
        for part in fields(value):
            inner = getattr(value, part.name)
            if part.name in _NOT_WORDS:
                continue
            yield from _words(_text_of(inner) if part.name == "html" else inner)


def _text_of(html: str) -> str:
    return strip_tags(html.replace("</p>", "</p>\n").replace("</li>", "</li>\n").replace("<br", "\n<br")).strip()
