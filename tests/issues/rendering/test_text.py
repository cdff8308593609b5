"""The text part."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from masthead.common.text import display_width
from masthead.issues.blocks.quote import QuoteBlock
from masthead.issues.blocks.text import TextBlock
from masthead.issues.rendering.edition import RESERVED_SLOTS, render
from tests.issues.rendering.samples import ENGLISH, PERSIAN, WHOLE


@pytest.mark.parametrize("name", WHOLE)
def test_lines_have_at_most_72_columns_but_for_addresses(name: str) -> None:
    done = render(WHOLE[name])

    for line in (done.text_full + done.text_excerpt).splitlines():
        assert display_width(line.rstrip()) <= 72 or "https://" in line, line


@pytest.mark.parametrize("name", WHOLE)
def test_an_address_is_alone_on_its_line(name: str) -> None:
    for line in render(WHOLE[name]).text_full.splitlines():
        if "://" in line:
            assert len(line.split()) == (2 if line.startswith("[") else 1), line


def test_what_comes_after_the_signature_line_is_leaving_and_imprint() -> None:
    text = render(ENGLISH).text_full

    before, after = text.split("\n-- \n")
    assert "{{subscribe_url}}" in before
    assert after.index("{{preferences_url}}") < after.index("{{unsubscribe_url}}") < after.index("4 Ropewalk Lane")


def test_every_slot_is_in_both_texts() -> None:
    done = render(ENGLISH)

    assert all(f"{{{{{slot}}}}}" in text for slot in RESERVED_SLOTS for text in (done.text_full, done.text_excerpt))


def test_the_excerpt_ends_with_the_address_of_the_page() -> None:
    text = render(PERSIAN).text_excerpt

    assert "ادامهٔ شمارهٔ ۱۹۷۰ را بخوانید:\nhttps://courier.example/issues/1970/\n" in text
    assert "دفتر نخست" not in text


def test_notes_and_links_are_numbered_as_they_appear() -> None:
    text = render(ENGLISH).text_full

    assert "212 geese.^1" in text
    assert "^1 She counted groups of ten" in text
    assert "keeps them now [1]" in text
    assert "[1] https://museum.example/voss\n[2] https://birds.example/count\n" in text


def test_the_text_holds_every_link_of_the_full_mail() -> None:
    done = render(ENGLISH)

    assert all(str(link["url"]) in done.text_full for link in done.links)
    assert [link["number"] for link in done.links] == list(range(1, len(done.links) + 1))
    assert done.links[0] == {"number": 1, "url": "https://museum.example/voss", "text": "keeps them now"}


def test_a_link_whose_words_are_its_address_is_not_repeated() -> None:
    text = render(
        replace(ENGLISH, body=(TextBlock('<p>See <a href="https://a.example/">https://a.example/</a>.</p>'),))
    ).text_full

    assert text.count("https://a.example/") == 1


def test_paragraphs_flow_and_what_looks_like_a_quote_is_stuffed() -> None:
    body = (TextBlock("<p>&gt; not a quote</p><p>From here on.</p>"), QuoteBlock("<p>" + "word " * 40 + "</p>"))
    lines = render(replace(ENGLISH, body=body)).text_full.splitlines()

    assert " > not a quote" in lines
    assert " From here on." in lines
    quoted = [line for line in lines if line.startswith("> word")]
    assert len(quoted) == 3
    assert [line.endswith(" ") for line in quoted] == [True, True, False]


def test_no_line_but_soft_breaks_and_the_signature_ends_with_a_blank() -> None:
    lines = render(ENGLISH).text_full.splitlines()

    for line, following in pairwise(lines):
        assert not line.endswith(" ") or line == "-- " or following.strip(), line


def test_chinese_breaks_within_72_columns() -> None:
    text = render(replace(ENGLISH, language="zh", body=(TextBlock("<p>" + "港口的灯塔守望者" * 30 + "。</p>"),))).text_full

    assert all(display_width(line) <= 72 for line in text.splitlines() if "港口" in line)
