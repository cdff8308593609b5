"""What an issue says: the frozen input of the renderer, the same for a preview, a test send and an Edition.

Built from the database by `masthead.issues.freezing`; read by `masthead.issues.rendering`. Addresses of pages and pictures are
absolute. Nothing here knows a reader: values of one reader are merge fields in the text (`masthead.issues.rendering.merge`).
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from masthead.common.text import direction_of
from masthead.issues.blocks.base import SILENT, Block
from masthead.issues.picture import Picture, Source

__all__ = ["Block", "Content", "Follow", "Masthead", "Note", "Person", "Picture", "Source", "digest"]


@dataclass(frozen=True, kw_only=True)
class Person:
    """One name of the byline. `role` is "by", "translation" or "photos"."""

    name: str
    role: str = "by"
    url: str = ""
    fediverse: str = ""
    family_name: str = ""
    given_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A footnote: `[^key]` in any text of the body points to it. `html` is rich text."""

    key: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Follow:
    """An account of the publication elsewhere. `network` is a key of `common.sharing.NETWORKS`."""

    network: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Masthead:
    """The publication as every issue shows it.

    `base_url` has no slash at its end; `accent` is `#rrggbb`, made readable on light and dark by the renderer, `night_accent` the
    one by night if another was chosen, `typeface` a key of `rendering.faces.FACES`. `footer` is plain text. `share_mail` and
    `share_web` are names of `common.sharing.CHANNELS`, in the order shown. `imprint` is plain text, lines kept.
    """

    name: str
    base_url: str
    tagline: str = ""
    line: str = ""
    issn: str = ""
    accent: str = "#1d4e89"
    night_accent: str = field(default="", metadata=SILENT)
    typeface: str = field(default="georgia", metadata=SILENT)
    footer: str = field(default="", metadata=SILENT)
    logo: Picture | None = None
    imprint: str = ""
    follow: tuple[Follow, ...] = ()
    share_mail: tuple[str, ...] = ("facebook", "email")
    share_web: tuple[str, ...] = ("facebook", "email")


@dataclass(frozen=True, kw_only=True)
class Content:
    """One issue, whole.

    `label` is the number as printed; empty means `number` in the digits of the language. `byline` is a free line; empty means
    that `people` are listed by the language's rules. `subject` and `preheader` empty mean the usual subject and the excerpt.
    `url` is the public page. `visibility` is a word of `Issue.Visibility`. `correction_note` and `corrected_on` stand above the
    text of a corrected version, with a link to `as_sent_url`.
    """

    masthead: Masthead
    number: int
    date: datetime.date
    language: str
    title: str
    url: str
    label: str = ""
    direction: str = ""
    byline: str = ""
    people: tuple[Person, ...] = ()
    excerpt: str = ""
    lead_image: Picture | None = None
    lead_caption: str = ""
    lead_credit: str = ""
    body: tuple[Block, ...] = ()
    notes: tuple[Note, ...] = ()
    subject: str = ""
    preheader: str = ""
    visibility: str = "public"
    correction_note: str = ""
    corrected_on: datetime.date | None = None
    as_sent_url: str = ""

    @property
    def dir(self) -> str:
        """The direction of the text: as set, else as the language is written. "ltr" or "rtl"."""
        return self.direction or direction_of(self.language)


def digest(content: Content) -> str:
    """The SHA-256 of `content` in hexadecimal: equal for equal input, whatever revision or time it was read from."""
    return hashlib.sha256(json.dumps(_plain(content), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        named = {
            part.name: _plain(getattr(value, part.name))
            for part in dataclasses.fields(value)
            if not (part.metadata == SILENT and getattr(value, part.name) == part.default)
        }
        return {"": type(value).__name__, **named}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
