"""The small markup: what it makes, and what it lets nobody make."""

from __future__ import annotations

import pytest

from masthead.audience import mail_markup

VALUES = {"publication": "Tide & Time", "lists": ["A <b>", "B"], "link": "https://a.example/x?a=1&b=2", "name": ""}


def test_paragraphs_lists_and_links_become_both_parts() -> None:
    made = mail_markup.write("Ahoy\nmate\n\n* one\n* **two**\n\n1. first\n2. [the sea](https://sea.example/)", VALUES)
    assert made.text == "Ahoy\nmate\n\n* one\n* two\n\n1. first\n2. the sea (https://sea.example/)"
    assert "<li>one</li><li><strong>two</strong></li>" in made.html
    assert '<a href="https://sea.example/">the sea</a>' in made.html


def test_a_link_alone_is_a_button_and_one_in_a_sentence_is_not() -> None:
    alone = mail_markup.write("[Go]({{ link }})", VALUES)
    assert "background-color" in alone.html
    assert 'href="https://a.example/x?a=1&amp;b=2"' in alone.html
    assert alone.text == "Go:\nhttps://a.example/x?a=1&b=2"
    assert "background-color" not in mail_markup.write("So [go]({{ link }}).", VALUES).html


def test_values_are_escaped_and_are_no_markup() -> None:
    made = mail_markup.write('{{ name | "reader" }} {{ publication }}\n\n{{ lists }}', {**VALUES, "name": "**x** <i>\n-- \nend"})
    assert made.text == "**x** <i> -- end Tide & Time\n\n* A <b>\n* B"
    assert "<i>" not in made.html
    assert "<li><bdi>A &lt;b&gt;</bdi></li>" in made.html


def test_a_list_without_entries_leaves_no_hole() -> None:
    assert mail_markup.write("a\n\n{{ lists }}\n\nb", {"lists": []}).text == "a\n\nb"
    assert mail_markup.write("On {{ lists }}.", VALUES).text == "On A <b>, B."


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "[x](//evil.example)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "![x](https://a.example/p.png)",
        "[x](https://a.example/{{ name }})",
        "\ue0f10\ue0f2",
        "<a href='https://a.example'>",
    ],
)
def test_nothing_but_our_elements_comes_out(text: str) -> None:
    html = mail_markup.write(text, VALUES).html
    assert "<script" not in html
    assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
    assert "<img" not in html
    assert 'href="//' not in html
    assert "onmouseover=" not in html


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[Go]({{ link }})", True),
        ("Open {{ link }} now", True),
        ("[Go](<{{ link }}>)", True),
        ("[Go](https://a.example/)", False),
        ("{{ links }}", False),
        ("", False),
    ],
)
def test_whether_a_reader_can_follow_the_link(text: str, found: bool) -> None:
    assert mail_markup.links_to(text, "link") is found


def test_a_megabyte_of_fields_or_brackets_is_read_to_the_end() -> None:
    assert mail_markup.write("{{ name }}" * 2_000 + "[" * 2_000 + "*" * 2_000, VALUES).text
