"""Each block in each medium, byte for byte: `<block>/<case>/value.json` in, three files out.

After a change that is meant: MASTHEAD_UPDATE_GOLDEN=1 writes them anew; read the difference, raise RENDERER_VERSION.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

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
from masthead.issues.content import Note, Picture, Source
from masthead.issues.rendering import wording
from masthead.issues.rendering.edition import render
from masthead.issues.rendering.links import Links
from masthead.issues.rendering.media import MailMedium, WebMedium
from masthead.issues.rendering.merge import Slots, unguard_html, unguard_text
from masthead.issues.rendering.text import PlainMedium
from tests.issues.rendering.samples import ENGLISH, PERSIAN, WHOLE

HERE = Path(__file__).parent
BLOCKS: dict[str, type[Block]] = {
    "text": TextBlock,
    "heading": HeadingBlock,
    "quote": QuoteBlock,
    "image": ImageBlock,
    "verse": VerseBlock,
    "links": LinksBlock,
    "table": TableBlock,
    "callout": CalloutBlock,
    "button": ButtonBlock,
    "embed": EmbedBlock,
    "file": FileBlock,
    "divider": DividerBlock,
}
CASES = sorted(path.parent.relative_to(HERE).as_posix() for path in HERE.glob("*/*/value.json"))


@pytest.mark.parametrize("case", CASES)
def test_a_block_looks_as_it_did(case: str) -> None:
    folder = HERE / case
    value = json.loads((folder / "value.json").read_text())
    issue = PERSIAN if case.endswith("/rtl") else ENGLISH
    content = replace(issue, body=(), notes=(Note(key="1", html="<p>A note.</p>"),))
    block = _block(BLOCKS[case.split("/")[0]], value)
    with override(wording.catalogue(content.language)):
        _compare(folder / "web.html", block.web(WebMedium(content, Links(content.url))) + "\n")
        _compare(folder / "mail.html", unguard_html(block.mail(MailMedium(content, Links(content.url), Slots()))) + "\n")
        _compare(folder / "text.txt", unguard_text("\n".join(block.text(PlainMedium(content, Slots())))) + "\n")


def test_every_block_has_its_cases() -> None:
    kept = {tuple(case.split("/")) for case in CASES}
    assert {(name, case) for name in BLOCKS for case in ("plain", "rtl", "hostile", "empty")} == kept


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_issue_looks_as_it_did(name: str) -> None:
    rendered = render(WHOLE[name])
    folder = HERE / "issues" / name
    _compare(folder / "web.html", rendered.web_html)
    _compare(folder / "feed.html", rendered.feed_html)
    _compare(folder / "mail.html", rendered.mail_html_full)
    _compare(folder / "excerpt.html", rendered.mail_html_excerpt)
    _compare(folder / "text.txt", rendered.text_full)


def _block(kind: type[Block], value: dict[str, Any]) -> Block:
    given = dict(value)
    for key in ("picture", "still"):
        if given.get(key):
            sources = tuple(Source(**source) for source in given[key].pop("sources", ()))
            given[key] = Picture(**given[key], sources=sources)
    if "items" in given:
        given["items"] = tuple(LinkItem(**item) for item in given["items"])
    if "rows" in given:
        given |= {"header": tuple(given["header"]), "rows": tuple(tuple(row) for row in given["rows"])}
    return kind(**given)


def _compare(path: Path, found: str) -> None:
    if os.environ.get("MASTHEAD_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found)
    assert found == path.read_text()
