"""Parts of a mail that only some readers get."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from masthead.issues.blocks.text import TextBlock
from masthead.issues.content import Note, _plain, digest
from masthead.issues.rendering import conditions
from masthead.issues.rendering.edition import CannotRender, render
from tests.issues.rendering.samples import ENGLISH


@pytest.mark.parametrize(
    ("condition", "known", "holds"),
    [
        ("member", {"member": True}, True),
        ("member", {"member": "yes"}, True),
        ("member", {"member": False}, False),
        ("member", {"member": "no"}, False),
        ("member", {}, False),
        ("not member", {}, True),
        ("not member", {"member": True}, False),
        ("city is Lyon", {"city": "lyon"}, True),
        ("city is not Lyon", {"city": "Lyon"}, False),
        ("city is not Lyon", {}, True),
        ("city is “Sand and Sea”", {"city": "Sand and Sea"}, True),
        ('city is "Sand and Sea" and member', {"city": "Sand and Sea", "member": True}, True),
        ("city is Lyon and not member", {"city": "Lyon", "member": True}, False),
        ("topics is tides", {"topics": ["ferries", "Tides"]}, True),
        ("age is 7", {"age": 7}, True),
        ("member is no", {"member": False}, True),
    ],
)
def test_a_condition_holds_or_not(condition: str, known: dict[str, object], holds: bool) -> None:
    assert conditions.holds(conditions.parse(condition), known) is holds


@pytest.mark.parametrize("text", ["", "City is Lyon", "city = Lyon", "city is", "a or b", "{{ name }}", "member and", "x" * 60])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(conditions.BadCondition):
        conditions.parse(text)


def test_a_part_is_marked_in_every_form_of_the_mail_and_nowhere_else() -> None:
    body = (TextBlock("<p>For all.</p>"), TextBlock("<p>For members.</p><p>Two paragraphs.</p>", show_if="member"))
    rendered = render(replace(ENGLISH, body=body))
    for said in (rendered.mail_html_full, rendered.text_full):
        assert conditions.conditions_in(said) == ["member"]
        assert "For members." in conditions.decided(said, lambda condition: condition == "member")
        nobody = conditions.for_nobody(said)
        assert "For members." not in nobody
        assert "Two paragraphs." not in nobody
        assert "For all." in nobody
        assert "{{if" not in nobody
        assert "{{end" not in nobody
    assert "For members." not in rendered.web_html
    assert "For members." not in rendered.feed_html


def test_an_author_cannot_write_the_marks_by_hand() -> None:
    written = TextBlock("<p>{{if_6d}}secret{{end_if}}</p>")
    rendered = render(replace(ENGLISH, body=(written,)))
    for said in (rendered.mail_html_full, rendered.text_full):
        assert conditions.conditions_in(said) == []
        assert "secret" in conditions.for_nobody(said)


def test_more_conditions_than_any_bulletin_needs_are_refused() -> None:
    body = tuple(TextBlock("<p>x</p>", show_if=f"city is {n}") for n in range(conditions.MOST_CONDITIONS + 1))
    with pytest.raises(CannotRender, match="different conditions"):
        render(replace(ENGLISH, body=body))


def test_a_block_is_shown_where_it_belongs() -> None:
    body = (
        TextBlock("<p>Everywhere.</p>"),
        TextBlock("<p>Reply to this mail.</p>", only="mail"),
        TextBlock("<p>Play it.</p>", only="web"),
    )
    rendered = render(replace(ENGLISH, body=body))
    for said in (rendered.mail_html_full, rendered.text_full):
        assert "Reply to this mail." in said
        assert "Play it." not in said
    for said in (rendered.web_html, rendered.feed_html):
        assert "Reply to this mail." not in said
        assert "Play it." in said


def test_notes_of_a_mail_do_not_lead_to_a_page_that_counts_them_otherwise() -> None:
    noted = TextBlock("<p>Noted[^a].</p>")
    notes = (Note(key="a", html="<p>A note.</p>"), Note(key="b", html="<p>Another.</p>"))
    content = replace(ENGLISH, body=(noted,), notes=notes)
    assert "#note-1" in render(content).mail_html_full
    content = replace(content, body=(TextBlock("<p>First[^b].</p>", only="web"), noted))
    assert "#note-" not in render(content).mail_html_full


def test_a_block_shown_everywhere_keeps_the_digest_it_had() -> None:
    everywhere, said, elsewhere = (
        digest(replace(ENGLISH, body=(block,)))
        for block in (TextBlock("<p>a</p>"), TextBlock("<p>a</p>", only=""), TextBlock("<p>a</p>", only="web"))
    )
    assert everywhere == said != elsewhere
    assert '"only"' not in json.dumps(_plain(TextBlock("<p>a</p>")))
