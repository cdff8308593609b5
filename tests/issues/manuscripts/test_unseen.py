"""What HTML says without words of its own stands in the report."""

from __future__ import annotations

import pytest

from masthead.issues.manuscripts import html, text_files


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ('<form><input value="w1"></form>', "w1"),
        ('<form><input type="submit" placeholder="w1"></form>', "w1"),
        ('<form><select><optgroup label="w1"><option>two</option></optgroup></select></form>', "w1"),
        ('<p>The <abbr title="w1 w2">WM</abbr></p>', "w1 w2"),
        ('<p><a href="https://example.org/" title="w1">two</a></p>', "w1"),
        ('<p><span title="w1">two</span></p>', "w1"),
        ('<iframe title="w1" src="https://example.org/"></iframe>', "w1"),
        ('<math alttext="w1"><mi>x</mi></math>', "w1"),
        ('<svg aria-label="w1"></svg>', "w1"),
        ("<svg><title>w1</title></svg>", "w1"),
        ('<map><area alt="w1" href="https://example.org/"></map>', "w1"),
        ('<table summary="w1"><tr><th>a</th><th>b</th></tr></table>', "w1"),
    ],
)
def test_words_in_attributes_are_listed(markup: str, words: str) -> None:
    assert words in [one.words for one in html.read(f"<p>One</p>{markup}").dropped]


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ('<ol start="5"><li>a</li></ol>', "counts from 5"),
        ('<ol type="a"><li>a</li></ol>', "counts as “a”"),
        ("<ol reversed><li>a</li></ol>", "counts down"),
        ('<ol><li value="9">a</li></ol>', "the number 9 of “a”"),
    ],
)
def test_numbers_that_a_list_would_lose_are_listed(markup: str, told: str) -> None:
    assert told in " ".join(map(str, html.read(markup).dropped))


def test_what_has_a_place_or_is_for_machines_is_not_listed() -> None:
    found = html.read(
        '<p><a href="https://example.org/" title="Two">Two</a></p><ol start="1" type="1"><li>a</li></ol>'
        '<img src="a.png" alt="A quay" title="At dawn"><ul><li value="9">b</li></ul>'
    )
    assert found.dropped == []


def test_lettering_that_is_lost_is_named() -> None:
    found = html.read(
        '<p><u>under</u> <span style="font-variant: small-caps">caps</span> <a href="https://a.example/"><u>l</u></a></p>'
    )
    assert [(one.what.partition(" in the")[0].partition(" (")[0], one.words) for one in found.noticed] == [
        ("underlined", "under"),
        ("in small capitals", "caps"),
    ]


def test_terms_are_told_from_their_explanations_and_readings_from_their_words() -> None:
    found = html.read("<dl><dt>Quay</dt><dd>Where boats lie.</dd></dl><p><ruby>base<rt>reading</rt></ruby></p>")
    assert found.pieces[0].value["text"] == "<p><b>Quay</b></p><p>Where boats lie.</p><p>base (reading)</p>"


def test_the_title_of_a_drawing_is_not_that_of_the_page() -> None:
    assert html.read("<p>One</p><svg><title>Arrow</title></svg>").meta == {}


def test_author_and_description_of_a_page_become_byline_and_excerpt() -> None:
    head = '<meta name="Author" content=" Maud  Ellery "><meta name="author" content="Tobias Renn">'
    found = html.read(
        f'<head>{head}<meta name="description" content="The ferry &amp; the vote."></head><body><p>It stays.</p></body>'
    )
    assert found.meta["byline"] == "Maud Ellery, Tobias Renn"
    assert found.meta["excerpt"] == "The ferry & the vote."
    assert [one.words for one in found.noticed] == ["Maud Ellery, Tobias Renn", "The ferry & the vote."]
    long = html.read(f'<head><meta name="description" content="{"word " * 200}"></head><body><p>It stays.</p></body>')
    assert "excerpt" not in long.meta
    assert long.dropped[0].words.split() == ["word"] * 200


@pytest.mark.parametrize(
    ("codec", "name", "text"),
    [
        ("cp932", "Shift-JIS", "渡し船は冬のあいだも続くことになった"),
        ("gb18030", "GBK", "渡船将继续运行，镇上的人们聚集在码头"),
        ("cp950", "Big5", "渡船將繼續運行，鎮上的人們聚集在碼頭"),
        ("cp949", "EUC-KR", "나룻배는 겨울에도 계속 다니게 되었다"),
    ],
)
def test_a_page_of_east_asia_need_not_name_its_encoding(codec: str, name: str, text: str) -> None:
    data = f"<p>{text}</p>\n<p>{text}</p>".encode(codec)
    found, noticed = text_files.decoded_html(data)
    assert text in found
    assert name in noticed[0].what
