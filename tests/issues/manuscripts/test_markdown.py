"""Markdown in, pieces and a report out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masthead.issues.manuscripts import html, markdown
from masthead.issues.manuscripts.neutral import BadManuscript


def test_front_matter_becomes_fields_as_they_are_written() -> None:
    found = markdown.read(
        "---\ntitle: 'The ferry: back'\nnumber: 1_971\ndate: 2026-11-22\nauthors: [Anna, Leo]\ntags: [a]\n---\nWords"
    )
    assert found.meta == {"title": "The ferry: back", "number": "1_971", "date": "2026-11-22", "byline": "Anna, Leo"}
    assert [str(one) for one in found.dropped] == ["front matter: an issue has no field “tags”: “a”"]


def test_front_matter_makes_no_objects() -> None:
    found = markdown.read("---\ntitle: !!python/object/apply:os.system ['true']\n---\nWords")
    assert found.meta == {"title": "true"}


def test_a_line_of_dashes_later_on_is_a_divider() -> None:
    assert [piece.kind for piece in markdown.read("One\n\n---\n\nTwo").pieces] == ["text", "divider", "text"]


def test_footnotes_keep_their_keys_and_their_paragraphs() -> None:
    found = markdown.read(
        "One[^b] two[^a] three^[inline *note*].\n\n[^a]: First.\n\n    Second.\n\n[^b]: Note **b**.\n\n[^c]: Orphan.\n"
    )
    assert found.pieces[0].value["text"] == "<p>One[^b] two[^a] three[^n3].</p>"
    assert found.notes == {
        "a": "<p>First.</p><p>Second.</p>",
        "b": "<p>Note <b>b</b>.</p>",
        "n3": "<p>inline <i>note</i></p>",
        "c": "<p>Orphan.</p>",
    }


def test_a_mark_without_its_note_stays_in_the_text() -> None:
    assert "[^lost]" in markdown.read("Words[^lost].").pieces[0].value["text"]


def test_forty_footnotes_stay_in_order() -> None:
    body = " ".join(f"word[^{n}]" for n in range(1, 41)) + "\n\n" + "\n".join(f"[^{n}]: Note {n}." for n in range(1, 41))
    found = markdown.read(body)
    assert list(found.notes) == [str(n) for n in range(1, 41)]


def test_right_to_left_text_is_kept() -> None:
    found = markdown.read("# کشتی بازگشت\n\nاو **سه‌شنبه** از کارخانه رفت.")
    assert found.meta["headline"] == "کشتی بازگشت"
    assert found.pieces[0].value["text"] == "<p>او <b>سه‌شنبه</b> از کارخانه رفت.</p>"


def test_html_inside_markdown_is_not_trusted() -> None:
    found = markdown.read("Words <img src=x onerror=alert(1)> <script>alert(2)</script>\n\n<div onclick='y()'>more</div>")
    assert "alert" not in str(found.pieces) and "onclick" not in str(found.pieces)


def test_hostile_markdown_is_read_in_time() -> None:
    for text in ("[" * 5000, "*a " * 5000, "> " * 200 + "x", "`" * 5000, "[^" * 3000):
        try:
            markdown.read(text)
        except BadManuscript as error:
            assert "deeply" in str(error)


_LINES = st.sampled_from(
    [
        *("# {}", "## {}", "{} **{}** *{}*", "- {}\n- {}", "1. {}\n   - {}", "> {}\n> {}", "    {}", "```\n{}\n```"),
        *("| {} | {} |\n|---|---|\n| {} | {} |", "[{}](https://example.org/)", "![{}](a.png)", "{}[^{}]", "[^{}]: {}"),
        *("<div>{}</div>", "{}  \n{}", "~~{}~~", "<!-- {} -->"),
    ]
)


@given(st.lists(_LINES, max_size=8))
@settings(max_examples=300, deadline=None)
def test_each_word_is_in_a_piece_a_note_or_the_report(lines: list[str]) -> None:
    source, number = "", 0
    for line in lines:
        count = line.count("{}")
        source += line.format(*(f"w{number + n}" for n in range(count))) + "\n\n"
        number += count
    missing = set(re.findall(r"w\d+", source)) - set(re.findall(r"w\d+", " ".join(html.all_words(markdown.read(source)))))
    assert missing == set()


def test_front_matter_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(BadManuscript, match="title: The ferry"):
        markdown.read("---\njust words\n---\nText")
