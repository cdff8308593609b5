"""Links: where they lead and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from masthead.issues.blocks.button import ButtonBlock
from masthead.issues.blocks.links import LinkItem, LinksBlock
from masthead.issues.blocks.text import TextBlock
from masthead.issues.content import Note


def link(url: str, words: str = "the yard itself") -> str:
    return f'<p>Says <a href="{url}">{words}</a>, <a href="https://example.org/other">another page</a>.</p>'


@pytest.mark.parametrize(
    "url",
    [
        *(
            "/issues/1970/",
            "yard.html",
            "#more",
            "",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "ftp://example.org/",
        ),
        *(
            "https://localhost/",
            "http://127.0.0.1:8000/x",
            "https://192.168.1.4/",
            "https://[::1]/",
            "https://nas.local/",
            "https://",
        ),
        *("https://10.0.0.1/", "https://[fe80::1]/", "https://[x", "mailto:"),
    ],
)
def test_an_address_that_no_reader_can_follow_is_stopped(text: Any, url: str) -> None:
    found = text(link(url))["link-unusable"]
    assert (found.level, found.place) == ("block", "block 1")


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b=c#d", "mailto:anna@example.org", "tel:+331234567", "https://93.184.216.34/"]
)
def test_an_ordinary_address_is_fine(text: Any, url: str) -> None:
    assert text(link(url)) == {}


@pytest.mark.parametrize(("lenient", "level"), [(frozenset(), "block"), (frozenset({"link-http"}), "warn")])
def test_an_unencrypted_address_is_stopped_unless_the_owner_lets_it_pass(findings: Any, lenient: Any, level: str) -> None:
    found = findings({"lenient": lenient}, body=(TextBlock(link("http://example.org/")),))
    assert {name: one.level for name, one in found.items()} == {"link-http": level}


def test_addresses_in_buttons_lists_and_notes_are_seen(findings: Any) -> None:
    assert "link-unusable" in findings(body=(ButtonBlock("Join us", "join"),))
    assert "link-unusable" in findings(body=(LinksBlock((LinkItem(title="A page", url="page"),)),))
    assert "link-unusable" in findings({"note_keys": ("1",)}, notes=(Note(key="1", html='<p><a href="x">y page</a></p>'),))


def test_a_shortener_is_a_warning(text: Any) -> None:
    assert text(link("https://bit.ly/3xyz"))["link-shortened"].level == "warn"


@pytest.mark.parametrize("words", ["here", "Click here", "read more…", "ici", "اینجا"])
def test_words_that_do_not_say_where_a_link_leads_are_a_warning(text: Any, words: str) -> None:
    assert "link-text" in text(link("https://example.org/", words))


def test_the_same_words_with_two_targets_are_a_warning(text: Any) -> None:
    assert "link-ambiguous" in text(link("https://example.org/1") + link("https://example.org/2"))
    assert "link-ambiguous" not in text(link("https://example.org/1") + link("https://example.org/1"))


def test_a_link_to_an_issue_that_is_not_public_is_a_warning(findings: Any) -> None:
    from masthead.issues.blocks.text import TextBlock

    body = (TextBlock(link("https://courier.example.org/issues/1969/")),)
    assert "link-not-public" in findings({"private_paths": frozenset({"/issues/1969/"})}, body=body)
    assert "link-not-public" not in findings(body=body)
