"""The form of an issue: twelve blocks, what they store, and what that means."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

import masthead
from masthead.issues import freezing, frozen_files, reading
from masthead.issues.assets import Assets
from masthead.issues.stream import BodyBlock
from masthead.issues.values import body_of, cells_of

pytestmark = pytest.mark.django_db

STORED = [
    {"type": "text", "value": {"text": "<p>One <b>two</b></p>", "lang": "fr"}},
    {"type": "heading", "value": {"text": "  Tides\n", "level": "3"}},
    {"type": "quote", "value": {"text": "<p>Late.</p>", "source": "Anna", "pull": True}},
    {"type": "verse", "value": {"lines": "a\r\n  b", "code": True}},
    {"type": "embed", "value": {"url": "https://example.org/film", "title": "The film"}},
    {
        "type": "links",
        "value": {"items": [{"title": "A page", "url": "https://example.org/", "source": "", "blurb": "Read it."}]},
    },
    {
        "type": "table",
        "value": {"rows": "Day | First\nMonday\t06:10\n| Tue |", "header": True, "row_headers": True, "caption": "Ferry"},
    },
    {"type": "callout", "value": {"title": "Note", "text": "<p>Mind the gap.</p>", "tone": "warning"}},
    {"type": "button", "value": {"label": "Join", "url": "https://example.org/join"}},
    {"type": "divider", "value": {"shape": "mail_ends"}},
]


def test_there_are_exactly_twelve_blocks_each_with_a_language() -> None:
    blocks = BodyBlock().child_blocks
    assert list(blocks) == [
        *("text", "heading", "quote", "verse", "image", "embed", "file", "links", "table", "callout", "button", "divider")
    ]
    assert all("lang" in block.child_blocks for block in blocks.values())


def test_what_is_stored_becomes_what_the_renderer_knows(make_issue: Any, now: Any) -> None:
    text, heading, quote, verse, embed, links, table, callout, button, divider = reading.read(
        make_issue(body=STORED), now=now
    ).content.body
    assert (text.html, text.lang, heading.title, heading.level) == ("<p>One <b>two</b></p>", "fr", "Tides", 3)
    assert (quote.source, quote.pull, verse.lines, verse.code) == ("Anna", True, "a\n  b", True)
    assert (embed.still, links.items[0].blurb) == (None, "Read it.")
    assert (table.header, table.rows, table.row_headers) == (("Day", "First"), (("Monday", "06:10"), ("Tue", "")), True)
    assert (callout.tone, button.label, divider.mail_ends) == ("warning", "Join", True)


def test_a_draft_with_empty_blocks_can_be_previewed(make_issue: Any, now: Any) -> None:
    body = [{"type": name, "value": {}} for name in BodyBlock().child_blocks]
    content = freezing.preview(make_issue(body=body, notes=[{"type": "note", "value": {}}]), now=now)
    assert len(content.body) == 10 and content.notes == ()  # a picture and a file of nothing cannot be


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a|b", ("a", "b")),
        ("| a | b |", ("a", "b")),
        ("a\tb", ("a", "b")),
        (r"a \| b | c", ("a | b", "c")),
        ("|", ("",)),
        ("a||b", ("a", "", "b")),
    ],
)
def test_a_line_of_a_table_has_cells(line: str, cells: tuple[str, ...]) -> None:
    assert cells_of(line) == cells


def test_a_document_gets_a_public_copy(make_issue: Any, now: Any) -> None:
    from wagtail.documents import get_document_model
    from wagtail.models import Collection

    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    document = get_document_model().objects.create(title="Timetable", file=ContentFile(b"%PDF-1.4 tides", name="tides.pdf"))
    issue = make_issue(body=[{"type": "file", "value": {"document": document.pk, "label": "", "attach": False}}])
    (block,) = reading.read(issue, now=now).content.body
    assert (block.label, block.kind, block.size) == ("Timetable", "PDF", 14)
    assert frozen_files.path_of(block.url.rpartition("/")[2]) is not None
    edition = freezing.freeze(issue=issue, by="system", now=now)
    assert edition.assets.get(name__endswith=".pdf").content_type == "application/pdf"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("button", {"label": "Join", "url": "javascript:alert(1)"}),
        ("text", {"text": "<p>a</p>", "lang": 'en"><script>'}),
        ("heading", {"text": "a" * 251}),
    ],
)
def test_the_form_refuses_what_cannot_be(kind: str, value: dict[str, Any]) -> None:
    block = BodyBlock().child_blocks[kind]
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"lang": "", "level": "2", **value}))


def test_no_code_reads_whether_wagtail_thinks_an_issue_is_live() -> None:
    source = Path(masthead.__file__).parent
    readers = [
        f"{path.relative_to(source)}: {line.strip()}"
        for path in source.rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if re.search(r"\bissue\.live\b|\blive=(True|False)\b.*Issue|Issue.*\bfilter\(live", line)
    ]
    assert readers == []


def test_where_and_to_whom_a_block_is_shown_is_kept(make_issue: Any, prose: Any) -> None:
    issue = make_issue(body=[prose("<p>a</p>", only="mail", show_if=" city is Lyon "), prose("<p>b</p>")])
    first, second = body_of(issue.body, Assets("http://127.0.0.1:8000"))
    assert (first.only, first.show_if) == ("mail", "city is Lyon")
    assert (second.only, second.show_if) == ("", "")
