"""Footnotes, pictures, headings, lists, scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from masthead.issues.blocks.button import ButtonBlock
from masthead.issues.blocks.callout import CalloutBlock
from masthead.issues.blocks.divider import DividerBlock
from masthead.issues.blocks.embed import EmbedBlock
from masthead.issues.blocks.heading import HeadingBlock
from masthead.issues.blocks.image import ImageBlock
from masthead.issues.blocks.links import LinkItem, LinksBlock
from masthead.issues.blocks.quote import QuoteBlock
from masthead.issues.blocks.table import TableBlock
from masthead.issues.blocks.text import TextBlock
from masthead.issues.blocks.verse import VerseBlock
from masthead.issues.content import Note
from masthead.issues.findings.base import length
from masthead.issues.picture import Picture
from tests.issues.findings.conftest import GOOD


def picture(**fields: Any) -> Picture:
    return Picture(**{"url": "https://courier.example.org/m/a.jpg", "width": 600, "height": 400, **fields})


def test_marks_and_notes_that_do_not_find_each_other_are_named(findings: Any) -> None:
    body = (TextBlock("<p>She left[^1], painted[^2].</p>"),)
    note = Note(key="1", html="<p>Late.</p>")
    assert findings({"note_keys": ("1",)}, body=body, notes=(note,))["note-missing"].level == "block"
    unused = Note(key="3", html="<p>Nobody points here.</p>")
    found = findings({"note_keys": ("1", "3")}, body=(TextBlock("<p>She left[^1].</p>"),), notes=(note, unused))
    assert {name: one.level for name, one in found.items()} == {"note-unused": "warn"}
    assert (
        findings({"note_keys": ("1", "1")}, body=(TextBlock("<p>She left[^1].</p>"),), notes=(note,))["note-twice"].level
        == "block"
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"alt-missing": "block"}),
        ({"decorative": True}, {}),
        ({"alt": "A green ferry"}, {}),
        ({"alt": "IMG_2041"}, {"alt-file-name": "warn"}),
        ({"alt": "quay.jpeg"}, {"alt-file-name": "warn"}),
        ({"alt": "a " * 130}, {"alt-long": "warn"}),
    ],
)
def test_pictures_need_words(findings: Any, fields: Any, expected: dict[str, str]) -> None:
    for found in (findings(body=(ImageBlock(picture(**fields)),)), findings(lead_image=picture(**fields))):
        assert {name: one.level for name, one in found.items()} == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ((HeadingBlock("Tides", level=3),), {"heading-order"}),
        ((HeadingBlock("Tides"), HeadingBlock("High water", level=3), HeadingBlock("Wind")), set()),
        ((HeadingBlock(" "), TextBlock("<p>High at noon.</p>")), {"heading-empty"}),
        ((TextBlock("<p><b>Tides</b></p><p>High at noon.</p>"),), {"heading-fake"}),
        ((TextBlock("<p><b>Tides</b> are high.</p>"),), set()),
        ((TextBlock("<p>- one</p><p>- two</p>"),), {"list-typed"}),
        ((TextBlock("<p>1. one<br/>2. two</p>"),), {"list-typed"}),
        ((TextBlock("<p>1. Once only.</p><p>And on.</p>"),), set()),
    ],
)
def test_what_only_looks_like_a_heading_or_a_list_is_named(findings: Any, body: Any, expected: set[str]) -> None:
    assert set(findings(body=body)) == expected


@pytest.mark.parametrize(
    "empty",
    [
        TextBlock("<p></p><ul><li>&nbsp;</li></ul>"),
        QuoteBlock("<p><br/></p>"),
        VerseBlock("\n \n"),
        LinksBlock((LinkItem(title="", url=""),)),
        TableBlock(("", ""), (("", ""),)),
        CalloutBlock("<p>\u200b</p>"),
        ButtonBlock("", "https://example.org/"),
        EmbedBlock("https://example.org/film", ""),
    ],
)
def test_an_empty_block_is_named_with_its_place(findings: Any, empty: Any) -> None:
    found = findings(body=(TextBlock("<p>High at noon.</p>"), empty))
    assert (found["block-empty"].level, found["block-empty"].place) == ("warn", "block 2")
    assert "block-empty" in findings(body=(empty, DividerBlock()))
    alone = findings(body=(empty,))
    assert "body-empty" in alone and "block-empty" not in alone


def test_what_has_words_or_a_picture_is_not_empty(findings: Any) -> None:
    body = (
        TextBlock("<p>High at noon.</p>"),
        QuoteBlock("", source="Ada"),
        CalloutBlock("", title="Wind"),
        TableBlock(("",), (("",),), caption="Tides"),
        EmbedBlock("https://example.org/film", "", still=picture(alt="A quay")),
        DividerBlock(),
    )
    assert "block-empty" not in findings(body=body)


def test_invisible_characters_are_a_warning_but_not_those_persian_needs(text: Any) -> None:
    assert "U+202E" in text("<p>She left \u202ethe yard.</p>")["invisible"].message
    assert text("<p>او می\u200cرود.</p>", language="fa", title="کشتی بازگشت و همه آمدند", excerpt="") == {}


def test_text_in_another_script_than_its_language_is_a_warning(findings: Any) -> None:
    persian = "<p>او سه‌شنبه از کارخانه رفت و کسی ندید.</p>"
    assert "language-script" in findings(body=(TextBlock(persian),))
    assert findings(body=(TextBlock(persian, lang="fa"),)) == {}
    assert "language-script" in findings(language="fa")


def test_the_length_of_an_issue_is_that_of_its_text_and_notes_alone() -> None:
    body = (HeadingBlock("The yard", level=2), TextBlock('<p>She left <a href="https://example.org/a-b">the yard</a>.</p>'))
    assert length(replace(GOOD, body=body, notes=(Note(key="1", html="<p>At last.</p>"),))) == 2 + 4 + 2
