"""Stored blocks and footnotes → the pure values the renderer knows. Files they show are frozen on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from masthead.issues.assets import Assets
from masthead.issues.blocks.base import Block
from masthead.issues.blocks.button import ButtonBlock
from masthead.issues.blocks.callout import CalloutBlock
from masthead.issues.blocks.divider import DividerBlock
from masthead.issues.blocks.embed import EmbedBlock
from masthead.issues.blocks.file import FileBlock
from masthead.issues.blocks.heading import HeadingBlock
from masthead.issues.blocks.image import ImageBlock
from masthead.issues.blocks.links import LinkItem, LinksBlock
from masthead.issues.blocks.quote import QuoteBlock
from masthead.issues.blocks.table import TableBlock
from masthead.issues.blocks.text import TextBlock
from masthead.issues.blocks.verse import VerseBlock
from masthead.issues.content import Note

MOST_COLUMNS = 6
_CELL_BORDER = re.compile(r"\t|(?<!\\)\|")


def body_of(stream: Iterable[Any], assets: Assets) -> tuple[Block, ...]:
    """The blocks of a body in their order. What cannot be shown is left out and named in `assets.problems`."""
    found = []
    for place, child in enumerate(stream, 1):
        assets.place = _("block %(place)s") % {"place": place}
        block = _MAKERS[child.block_type](child.value, assets)
        if block is not None:
            found.append(_placed(block, child.value))
    return tuple(found)


def _placed(block: Block, value: Any) -> Block:
    """The block with where and to whom it is shown; most are shown everywhere to everybody."""
    only, show_if = _line(value.get("only")), _line(value.get("show_if"))
    return replace(block, only=only, show_if=show_if) if only or show_if else block


def notes_of(stream: Iterable[Any]) -> tuple[Note, ...]:
    """The footnotes; of two with one key the first counts (pre-flight names the other)."""
    found: dict[str, Note] = {}
    for child in stream:
        key = str(child.value["key"] or "").strip()
        if key:
            found.setdefault(key, Note(key=key, html=_html(child.value["text"])))
    return tuple(found.values())


def _text(value: Any, assets: Assets) -> Block | None:
    return TextBlock(_html(value["text"]), lang=_line(value["lang"]))


def _heading(value: Any, assets: Assets) -> Block | None:
    return HeadingBlock(_line(value["text"]), level=3 if value["level"] == "3" else 2, lang=_line(value["lang"]))


def _quote(value: Any, assets: Assets) -> Block | None:
    return QuoteBlock(_html(value["text"]), source=_line(value["source"]), pull=bool(value["pull"]), lang=_line(value["lang"]))


def _verse(value: Any, assets: Assets) -> Block | None:
    return VerseBlock((value["lines"] or "").replace("\r\n", "\n"), code=bool(value["code"]), lang=_line(value["lang"]))


def _image(value: Any, assets: Assets) -> Block | None:
    image = value["image"]
    if image is None:
        assets.report(_("A picture is missing: choose it again."))
        return None
    picture = assets.picture(image, alt=image.contextual_alt_text or "", decorative=bool(image.decorative))
    if picture is None:
        return None
    return ImageBlock(
        picture,
        caption=_line(value["caption"]),
        credit=_line(value["credit"]),
        link=_line(value["link"]),
        lang=_line(value["lang"]),
    )


def _embed(value: Any, assets: Assets) -> Block | None:
    still = assets.picture(value["still"], alt=_line(value["title"])) if value["still"] else None
    return EmbedBlock(_line(value["url"]), _line(value["title"]), still=still, lang=_line(value["lang"]))


def _file(value: Any, assets: Assets) -> Block | None:
    document = value["document"]
    if document is None:
        assets.report(_("A document is missing: choose it again."))
        return None
    kept = assets.document(document)
    if kept is None:
        return None
    return FileBlock(
        _line(value["label"]) or document.title,
        kept.url,
        kind=kept.kind,
        size=kept.size,
        attach=bool(value["attach"]),
        lang=_line(value["lang"]),
    )


def _links(value: Any, assets: Assets) -> Block | None:
    items = (
        LinkItem(title=_line(item["title"]), url=_line(item["url"]), source=_line(item["source"]), blurb=_line(item["blurb"]))
        for item in value["items"]
    )
    return LinksBlock(tuple(items), lang=_line(value["lang"]))


def _table(value: Any, assets: Assets) -> Block | None:
    lines = [cells_of(line) for line in (value["rows"] or "").splitlines() if line.strip()]
    # An empty one keeps its place: whoever counts the blocks counts those of the editor.
    width = max((len(cells) for cells in lines), default=0)
    if width > MOST_COLUMNS:
        assets.report(
            _("The table has %(count)s columns; mails can show %(most)s. Split it in two.")
            % {"count": width, "most": MOST_COLUMNS}
        )
    rows = [cells + ("",) * (width - len(cells)) for cells in lines]
    header = rows.pop(0) if value["header"] and rows else ()
    return TableBlock(
        header, tuple(rows), caption=_line(value["caption"]), row_headers=bool(value["row_headers"]), lang=_line(value["lang"])
    )


def cells_of(line: str) -> tuple[str, ...]:
    r"""The cells of one line of a table: separated by | or a tab, `\|` being a bar that is meant, outer bars left out."""
    inner = line.strip(" \r\n")
    if inner.startswith("|"):
        inner = inner[1:]
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return tuple(cell.replace("\\|", "|").strip() for cell in _CELL_BORDER.split(inner))


def _callout(value: Any, assets: Assets) -> Block | None:
    return CalloutBlock(
        _html(value["text"]), title=_line(value["title"]), tone=value["tone"] or "note", lang=_line(value["lang"])
    )


def _button(value: Any, assets: Assets) -> Block | None:
    return ButtonBlock(_line(value["label"]), _line(value["url"]), lang=_line(value["lang"]))


def _divider(value: Any, assets: Assets) -> Block | None:
    return DividerBlock(mail_ends=value["shape"] == "mail_ends", lang=_line(value["lang"]))


_MAKERS: dict[str, Callable[[Any, Assets], Block | None]] = {
    "text": _text,
    "heading": _heading,
    "quote": _quote,
    "verse": _verse,
    "image": _image,
    "embed": _embed,
    "file": _file,
    "links": _links,
    "table": _table,
    "callout": _callout,
    "button": _button,
    "divider": _divider,
}


def _html(value: Any) -> str:
    """The source of a rich text; an empty one is None in a draft."""
    return value.source if value is not None else ""


def _line(value: Any) -> str:
    return " ".join(str(value).split()) if value else ""
