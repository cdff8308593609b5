"""HTML in, pieces and a report out."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from masthead.issues.manuscripts import html
from masthead.issues.manuscripts.neutral import BadManuscript, Manuscript


def kinds(manuscript: Manuscript) -> list[str]:
    return [piece.kind for piece in manuscript.pieces]


def words_missing(source: str, manuscript: Manuscript) -> set[str]:
    return set(re.findall(r"w\d+", source)) - set(re.findall(r"w\d+", " ".join(html.all_words(manuscript))))


def test_each_element_becomes_its_block() -> None:
    found = html.read(
        "<p>One</p><p>two <b>bold</b></p><ul><li>three<ul><li>four</li></ul></li></ul><h2>Five</h2><h4>six</h4>"
        "<blockquote><p>Seven</p><cite>Anna</cite></blockquote><pre>a\n  b</pre><hr><figure><a href='https://example.org/'>"
        "<img src='a.jpg' alt='A quay'></a><figcaption>Eight</figcaption></figure><table><caption>Nine</caption>"
        "<tr><th>x</th><th>y</th></tr><tr><td>1 | 2</td><td></td></tr></table>"
    )
    assert kinds(found) == ["text", "heading", "heading", "quote", "verse", "divider", "image", "table"]
    text, heading, sub, quote, verse, _rule, image, table = (piece.value for piece in found.pieces)
    assert text["text"] == "<p>One</p><p>two <b>bold</b></p><ul><li>three<ul><li>four</li></ul></li></ul>"
    assert (heading["level"], sub["level"]) == ("2", "3")
    assert (quote["text"], quote["source"]) == ("<p>Seven</p>", "Anna")
    assert verse["lines"] == "a\n  b"
    assert (image["source"], image["alt"], image["caption"], image["link"]) == (
        "a.jpg",
        "A quay",
        "Eight",
        "https://example.org/",
    )
    assert (table["rows"], table["header"], table["caption"]) == ("x | y\n1 \\| 2 |  ", True, "Nine")
    assert found.dropped == []


def test_a_long_text_becomes_blocks_that_the_desk_can_open() -> None:
    source = "".join(f"<p>w{number}</p>" for number in range(100))
    found = html.read(source)
    assert kinds(found) == ["text", "text", "text"]
    assert [piece.value["text"].count("<p") for piece in found.pieces] == [40, 40, 20]
    assert not words_missing(source, found)


@pytest.mark.parametrize(
    "markup",
    [
        '<p>Words<sup><a href="#fn1" id="r1">1</a></sup> go on.</p>'
        '<ol><li id="fn1"><p>The note. <a href="#r1">↩</a></p></li></ol>',
        '<p>Words<a href="#_ftn1" name="_ftnref1">[1]</a> go on.</p>'
        '<div><p><a href="#_ftnref1" name="_ftn1">[1]</a> The note.</p></div>',
        '<p>Words[^1] go on.</p><aside data-note="1"><p>The note.</p></aside>',
    ],
)
def test_footnotes_of_many_programs_are_found(markup: str) -> None:
    found = html.read(markup)
    assert [piece.value["text"] for piece in found.pieces] == ["<p>Words[^1] go on.</p>"]
    assert {key: note.strip() for key, note in found.notes.items()} == {"1": "<p>The note.</p>"}


def test_a_link_to_a_place_in_the_text_is_no_footnote() -> None:
    found = html.read('<p>See <a href="#plan">the plan</a>.</p><p id="plan">The plan is this.</p>')
    assert found.notes == {} and "The plan is this." in found.pieces[0].value["text"]
    assert [str(told) for told in found.noticed] == [
        "links to another place of the text, kept as plain words (1): “the plan”",
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>", ""),
        ("<tr><td colspan=2>a</td></tr><tr><td>c</td><td>d</td></tr>", "joined are single cells"),
        ("<tr><td rowspan=2>a</td><td>b</td></tr><tr><td>d</td></tr>", "joined are single cells"),
        ("<tr><td>a</td><td><ul><li>b</li></ul></td></tr><tr><td>c</td><td>d</td></tr>", "one after another"),
        ("<tr><td><h2>A frame</h2></td><td><p>b</p></td></tr>", ""),
    ],
)
def test_a_table_that_loses_its_shape_says_so(rows: str, told: str) -> None:
    noticed = [str(one) for one in html.read(f"<p>Before.</p><table>{rows}</table>").noticed]
    assert len(noticed) == bool(told)
    assert told in "".join(noticed)


def test_scripts_and_forms_are_left_out_and_named() -> None:
    found = html.read(
        "<h2>Songs</h2><script>alert(1)</script><p onclick='x()'>Words <a href='javascript:alert(1)'>here</a></p>"
        "<iframe src='https://example.org/film'></iframe><form>Name <input></form><!-- secret -->"
    )
    assert found.pieces[1].value["text"] == "<p>Words here</p>"
    said = [str(one) for one in found.dropped]
    assert any("<script>" in line and "after “Songs”" in line for line in said)
    assert any("https://example.org/film" in line for line in said)
    assert any("secret" in line for line in said)
    assert not any("alert" in str(piece.value) for piece in found.pieces)


def test_of_a_page_the_article_counts() -> None:
    found = html.read("<title>T</title><header>Menu</header><main><h1>Head</h1><p>Words</p></main><footer>Foot</footer>")
    assert (found.meta, kinds(found)) == ({"title": "T", "headline": "Head"}, ["text"])
    assert "Menu Foot" in found.dropped[0].words


def test_a_picture_without_words_is_decoration_and_one_without_alt_is_not() -> None:
    first, second = (piece.value["decorative"] for piece in html.read('<img src="a.png" alt=""><img src="b.png">').pieces)
    assert (first, second) == (True, False)


def test_deep_nesting_is_read_or_refused_but_never_crashes() -> None:
    try:
        found = html.read("<div>" * 5000 + "w1" + "</div>" * 5000)
    except BadManuscript as error:
        assert "nested too deeply" in str(error)
    else:
        assert words_missing("w1", found) == set()


_COUNT = st.integers(min_value=0, max_value=999).map(lambda number: f"w{number} ")
_PLAIN = "p div ul ol li b i a h1 h2 h5 blockquote cite pre table tr td th caption figure figcaption form video svg dl dt dd"
_NAMES = [*_PLAIN.split(" "), "aside", "article", "main", "title", "q", "sup"]
_HTML = st.recursive(
    _COUNT,
    lambda inner: st.tuples(st.sampled_from(_NAMES), st.lists(inner, max_size=4)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=25,
)


@example("<blockquote><pre></pre><cite>w0 </cite></blockquote>")
@given(_HTML)
@settings(max_examples=300, deadline=None)
def test_each_word_is_in_a_piece_a_note_or_the_report(markup: str) -> None:
    assert words_missing(markup, html.read(markup)) == set()


@pytest.mark.parametrize(
    "address", ["data:text/html,x", "java&#10;script:x", "file:///C:/a.doc", "vbscript:x", "&#1;javascript:x"]
)
def test_a_link_that_leads_nowhere_leaves_its_words_and_stands_in_the_report(address: str) -> None:
    found = html.read(f'<p>See <a href="{address}">the plan</a>.</p>')
    assert found.pieces[0].value["text"] == "<p>See the plan.</p>"
    assert "the link of “the plan”" in str(found.dropped[0])


@pytest.mark.parametrize("address", ["https://a.example/?q=javascript:x", "mailto:a@a.example", "tel:+49123", "/plans"])
def test_a_link_that_can_be_followed_is_kept(address: str) -> None:
    assert f'href="{address}"' in html.read(f'<p>See <a href="{address}">the plan</a>.</p>').pieces[0].value["text"]
