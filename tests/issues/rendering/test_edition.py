"""One call: web article, feed, subject, and what cannot be rendered."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import date

import pytest

from masthead.issues.blocks.callout import CalloutBlock
from masthead.issues.blocks.heading import HeadingBlock
from masthead.issues.blocks.links import LinkItem, LinksBlock
from masthead.issues.blocks.quote import QuoteBlock
from masthead.issues.blocks.text import TextBlock
from masthead.issues.content import Note, Person, Source, digest
from masthead.issues.rendering.edition import CannotRender, render
from tests.issues.rendering.samples import ENGLISH, PERSIAN, picture

LEAD = picture("lighthouse", sources=(Source(url="https://courier.example/m/lighthouse-600.jpg", width=600),))


def test_the_usual_subject_names_publication_number_and_title() -> None:
    assert render(ENGLISH).subject == "The Tidewater Courier No. 1971: The lighthouse keeper who counted birds"
    assert render(PERSIAN).subject == "پیک ساحل، شمارهٔ ۱۹۷۰: فانوس‌بانی که پرنده‌ها را می‌شمرد"


def test_the_label_is_printed_as_set_or_in_the_digits_of_the_language() -> None:
    assert render(replace(ENGLISH, label="1970–71")).label == "1970–71"
    assert render(PERSIAN).label == "۱۹۷۰"


def test_the_byline_lists_people_by_part_unless_a_line_is_set() -> None:
    people = (Person(name="A"), Person(name="B"), Person(name="C"), Person(name="D", role="translation"))

    assert render(replace(ENGLISH, people=people)).byline == "By A, B and C · Translated by D"
    assert render(replace(ENGLISH, byline="From our own\ncorrespondent")).byline == "From our own correspondent"


def test_the_article_has_no_style_and_no_script_of_its_own() -> None:
    web = render(ENGLISH).web_html

    assert web.startswith('<article class="issue" lang="en" dir="ltr">')
    assert "style=" not in web
    assert "<script" not in web
    assert 'id="more"' in web
    assert "Dear reader," in web


def test_ids_are_unique_and_every_way_to_a_note_leads_back() -> None:
    body = (TextBlock("<p>One.[^b] Two.[^a] Again.[^b]</p>"), HeadingBlock("More"), HeadingBlock("More"), HeadingBlock("؟"))
    web = render(replace(ENGLISH, body=body, notes=(Note(key="a", html="<p>A</p>"), Note(key="b", html="<p>B[^a]</p>")))).web_html

    ids = re.findall(r' id="([^"]+)"', web)
    targets = re.findall(r'href="#([^"]+)"', web)
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)
    assert web.index('id="note-1"><p>B') < web.index('id="note-2"><p>A')


def test_empty_blocks_leave_nothing_behind_in_any_form() -> None:
    words = TextBlock("<p>High at noon.[^a]</p>")
    left_out = (QuoteBlock("<p></p>"), CalloutBlock(""), HeadingBlock(" "), LinksBlock((LinkItem(title="", url=""),)))
    whole = replace(ENGLISH, body=(words, words), notes=(Note(key="a", html="<p>A</p>"),))

    assert render(replace(whole, body=(words, *left_out, words))) == render(whole)


def test_empty_paragraphs_items_and_lists_of_rich_text_are_left_out() -> None:
    html = '<p>One.</p><p>&nbsp;</p><ul><li></li><li>Two.<ul><li> </li></ul></li></ul><ol start="3"><li></li></ol><p>Three.</p>'
    web = render(replace(ENGLISH, body=(TextBlock(html),))).web_html

    assert "<p>One.</p><ul><li>Two.</li></ul><p>Three.</p>" in web


def test_a_mark_without_a_note_stays_what_it_is() -> None:
    assert "[^nobody]" in render(replace(ENGLISH, body=(TextBlock("<p>x[^nobody]</p>"),))).web_html


def test_the_feed_is_absolute_and_carries_no_ids_for_notes() -> None:
    feed = render(ENGLISH).feed_html

    assert 'href="https://courier.example/issues/1971/#note-1"' in feed
    assert "note-back" not in feed
    assert not re.search(r'(?:href|src)="(?!https://|mailto:)', feed)


def test_only_the_article_names_our_pictures_from_the_root_of_the_host() -> None:
    made = render(ENGLISH)
    plain = re.findall(r'(?:src|srcset)="([^"]+)"', made.web_html)

    assert plain
    assert all(one.startswith("/m/") for found in plain for one in found.split(", "))
    assert "https://courier.example/m/" not in made.web_html
    for elsewhere in (made.feed_html, made.mail_html_full, made.mail_html_excerpt):
        assert 'src="https://courier.example/m/' in elsewhere
        assert 'src="/' not in elsewhere


def test_pictures_keep_the_path_of_the_publications_address() -> None:
    def moved(text: str) -> str:
        return text.replace("https://courier.example", "https://x.example/courier")

    lead = replace(
        LEAD, url=moved(LEAD.url), sources=tuple(Source(url=moved(source.url), width=source.width) for source in LEAD.sources)
    )
    masthead = replace(ENGLISH.masthead, base_url="https://x.example/courier")
    web = render(replace(ENGLISH, masthead=masthead, url=moved(ENGLISH.url), lead_image=lead, body=())).web_html

    assert '<img src="/courier/m/lighthouse.jpg" srcset="/courier/m/lighthouse-600.jpg 600w"' in web


def test_a_correction_stands_above_the_text_with_its_date() -> None:
    corrected = replace(
        ENGLISH,
        correction_note="The keeper’s name was misspelt.",
        corrected_on=date(2026, 11, 24),
        as_sent_url="https://courier.example/issues/1971/as-sent/",
    )
    web = render(corrected).web_html

    assert web.index("Corrected on 24 November 2026:") < web.index('class="issue-body"')
    assert 'href="https://courier.example/issues/1971/as-sent/"' in web


def test_a_condition_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(CannotRender, match="Block 2"):
        render(replace(ENGLISH, body=(TextBlock("<p>a</p>"), TextBlock("<p>b</p>", show_if="city = Lyon"))))


def test_equal_content_has_equal_digests_and_any_change_another() -> None:
    assert digest(ENGLISH) == digest(replace(ENGLISH))
    changed = [replace(ENGLISH, title="x"), replace(ENGLISH, body=()), replace(ENGLISH, body=(HeadingBlock("A"),)), PERSIAN]
    assert len({digest(content) for content in [ENGLISH, *changed]}) == 5


@pytest.mark.parametrize(
    "html",
    [
        "<em>" * 10_000 + "x",
        "<ul><li>" * 5_000 + "x",
        "x" * 10_000,
        "&" * 100_000,
        "{{" * 500_000,
        "語" * 300_000,
        '<a href="' + "x" * 100_000 + '">a</a>',
    ],
)
def test_deep_long_and_broken_markup_is_rendered(html: str) -> None:
    started = time.process_time()

    done = render(replace(ENGLISH, body=(TextBlock(html),)))

    assert done.web_html
    assert time.process_time() - started < 5
