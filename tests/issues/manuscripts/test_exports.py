"""HTML as word processors and blog programs save it, and OpenDocument files."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from masthead.issues.manuscripts import html, kinds, text_files
from masthead.issues.manuscripts.boxed import read as read_boxed
from masthead.issues.manuscripts.neutral import BadManuscript
from masthead.issues.manuscripts.opendocument import reading as opendocument


def test_lists_of_word_are_lists() -> None:
    def item(words: str, level: int, sign: str) -> str:
        return (
            f"<p class=MsoListParagraph style='mso-list:l0 level{level} lfo1'><![if !supportLists]>"
            f"<span style='mso-list:Ignore'>{sign}<span>&nbsp;&nbsp; </span></span><![endif]>{words}<o:p></o:p></p>"
        )

    found = html.read(item("one", 1, "·") + item("two", 2, "1.") + item("three", 2, "2.") + item("four", 1, "·"))
    assert found.pieces[0].value["text"] == "<ul><li>one<ol><li>two</li><li>three</li></ol></li><li>four</li></ul>"
    assert found.dropped == []


def test_what_google_docs_exports_keeps_emphasis_lists_and_links() -> None:
    found = html.read(
        "<html><head><style>.c1{font-weight:700}.c2{font-style:italic}</style></head><body>"
        '<p><span class="c1">Bold</span> and <span class="c2">italic</span> '
        '<a href="https://www.google.com/url?q=https://example.org/a&amp;sa=D">link</a><sup>'
        '<a href="#ftnt1" id="ftnt_ref1">[1]</a></sup></p>'
        '<ul class="lst-kix_a1-0"><li>one</li></ul><ul class="lst-kix_a1-1"><li>two</li></ul><ul class="lst-kix_a1-0">'
        "<li>three</li></ul>"
        '<hr><div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a>&nbsp;The note.</p></div></body></html>'
    )
    words = str(found.pieces[0].value["text"])
    assert "<b>Bold</b>" in words and "<i>italic</i>" in words and '<a href="https://example.org/a">link</a>[^1]' in words
    assert "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>" in words
    assert "The note." in found.notes["1"]


def test_comments_of_google_docs_are_listed_and_no_notes() -> None:
    found = html.read(
        '<p>Words<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup> go on'
        '<sup><a href="#cmnt2" id="cmnt_ref2">[b]</a></sup>.</p>'
        '<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a> The note.</p><p>Its second paragraph.</p></div>'
        '<div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a>Is that so?</p><p>I doubt it.</p></div>'
        '<div><p><a href="#cmnt_ref2" id="cmnt2">[b]</a>Yes.</p></div>'
    )
    assert found.pieces[0].value["text"] == "<p>Words[^1] go on.</p>"
    assert found.notes == {"1": "<p>The note.</p><p>Its second paragraph.</p>"}
    assert [(one.what, one.words) for one in found.dropped] == [
        ("a comment", "Is that so? I doubt it."),
        ("a comment", "Yes."),
    ]


def test_notes_of_libreoffice_keep_their_paragraphs_and_lose_their_sign() -> None:
    found = html.read(
        '<!DOCTYPE html><html><head></head><body><p>Words<a name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a> and'
        '<a name="sdendnote1anc" href="#sdendnote1sym"><sup>i</sup></a>.</p>'
        '<div id="sdfootnote1"><p><a name="sdfootnote1sym" href="#sdfootnote1anc">1</a>Foot.</p><p>Its second.</p></div>'
        '<div id="sdendnote1"><p><a name="sdendnote1sym" href="#sdendnote1anc">i</a>End.</p></div></body></html>'
    )
    assert [piece.value["text"] for piece in found.pieces] == ["<p>Words[^1] and[^i].</p>"]
    assert found.notes == {"1": "<p>Foot.</p><p>Its second.</p>", "i": "<p>End.</p>"}
    assert found.dropped == []


def test_a_list_right_inside_a_list_stays_at_its_place() -> None:
    found = html.read("<ol><li>one</li><ol type=a><li>two</li></ol><li>three</li></ol><ul><ul><li>four</li></ul></ul>")
    words = str(found.pieces[0].value["text"])
    assert words.startswith("<ol><li>one<ol><li>two</li></ol></li><li>three</li></ol>")
    assert "<li>four</li>" in words


@pytest.mark.parametrize(
    "markup",
    [
        "<s>gone</s>",
        "<strike>gone</strike>",
        "<span style='text-decoration: line-through'>gone</span>",
        '<span class="c9">gone</span>',
    ],
)
def test_what_is_struck_through_is_named_since_it_may_be_meant_to_go(markup: str) -> None:
    found = html.read(f"<style>.c9{{text-decoration:line-through}}</style><p>It is {markup} here.</p>")
    assert found.pieces[0].value["text"] == "<p>It is gone here.</p>"
    assert [(one.what, one.words) for one in found.noticed] == [("struck through in the source, kept as plain words", "gone")]


def test_marks_of_wordpress_are_no_words() -> None:
    found = html.read("<!-- wp:paragraph --><p>Words.</p><!-- /wp:paragraph --><!-- a thought -->")
    assert [str(one) for one in found.dropped] == ["a comment of the source: “a thought”"]


def test_a_picture_written_into_the_page_is_taken_out_of_it() -> None:
    found = html.read('<p>Look</p><img alt="A dot" src="data:image/png;base64,aGVsbG8=">')
    assert found.pictures == {"picture-in-page-1": b"hello"}
    assert found.pieces[1].value["source"] == "picture-in-page-1"


def test_a_block_in_another_direction_says_so() -> None:
    found = html.read("<p>An English beginning, long enough.</p><p dir=RTL>سلام دنیا، چه خبر؟</p><p>And on.</p>")
    assert [piece.value.get("lang") for piece in found.pieces] == [None, "fa", None]


def test_a_table_that_only_arranges_shows_what_it_holds() -> None:
    found = html.read(
        "<table><tr><td><h2>Left</h2><p>one</p></td><td><img src=a.png alt=A><ul><li>two</li></ul></td></tr></table>"
    )
    assert [piece.kind for piece in found.pieces] == ["heading", "text", "image", "text"]


def test_words_hidden_or_deleted_go_into_the_report() -> None:
    found = html.read('<p>Kept <del>gone</del><span style="display:none">hidden</span></p>')
    assert found.pieces[0].value["text"] == "<p>Kept</p>"
    assert {one.words for one in found.dropped} == {"gone", "hidden"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("é".encode(), "é"),
        (b'<meta charset="iso-8859-1">\x93caf\xe9\x94', "“café”"),
        (b"<meta http-equiv=Content-Type content='text/html; charset=windows-1256'>\xd3\xe1\xc7\xe3", "سلام"),
        ("\ufeffé".encode("utf-16-le"), "é"),
    ],
)
def test_a_page_is_read_in_its_own_encoding(data: bytes, words: str) -> None:
    assert words in text_files.decoded_html(data)[0]


@pytest.mark.parametrize(
    ("data", "words", "told"),
    [
        ("Müller fährt „schön“ nach Köln".encode("cp1252"), "Müller fährt „schön“", "Windows-1252"),
        ("Паром снова ходит каждый день".encode("cp1251"), "Паром снова", "Windows-1251"),
        ("قايق دوباره راه افتاد".encode("cp1256"), "دوباره", "Windows-1256"),
        ("Eine Fähre fährt\n".encode() + "Früh übt sich\n".encode("cp1252"), "Eine Fähre fährt Früh übt", "1 of 2 lines"),
        ("Über die Fähre".encode("utf-16-le"), "Über die Fähre", ""),
        ("Über die Fähre".encode("utf-16-be"), "Über die Fähre", ""),
        ("\ufeffDie Fähre".encode("utf-16-be"), "Die Fähre", ""),
    ],
)
@pytest.mark.parametrize("kind", [".md", ".html"])
def test_a_text_that_names_no_encoding_is_read_as_what_it_looks_like(data: bytes, words: str, told: str, kind: str) -> None:
    found = kinds.READERS[kind](data)
    assert words in found.pieces[0].value["text"]
    noticed = " ".join(map(str, found.noticed))
    assert told in noticed
    assert bool(told) == bool(noticed)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, b"PK\x03\x04" + bytes(range(255, -1, -1)) * 4])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(BadManuscript, match="no text"):
        text_files.decoded(data)


_ODT = "urn:oasis:names:tc:opendocument:xmlns"


def _odt(body: str, styles: str = "") -> bytes:
    spaces = " ".join(
        f'xmlns:{prefix}="{_ODT}:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
            ("svg", "svg-compatible"),
        )
    )
    spaces += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("Pictures/a.png", b"png")
    return out.getvalue()


def test_an_opendocument_file_is_read_with_its_notes_lists_tables_and_pictures() -> None:
    found = opendocument.read(
        _odt(
            "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Omid</dc:creator>"
            "</office:change-info><text:p>gone words</text:p></text:deletion></text:changed-region></text:tracked-changes>"
            '<text:p text:style-name="Title">The ferry</text:p><text:h text:outline-level="1">First</text:h>'
            '<text:p>Words <text:span text:style-name="T1">bold</text:span><text:note text:note-class="footnote">'
            "<text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p><text:p>More.</text:p>"
            "</text:note-body>"
            '</text:note><text:s text:c="2"/>on.<office:annotation><dc:creator>Ines</dc:creator><text:p>Sure?</text:p>'
            "</office:annotation>"
            "</text:p><text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>two</text:p>"
            "</text:list-item>"
            '</text:list></text:list-item></text:list><text:p text:style-name="R">سلام دنیا</text:p>'
            "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
            "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
            '<text:p><draw:frame><draw:image xlink:href="Pictures/a.png"/><svg:desc>A quay</svg:desc></draw:frame></text:p>',
            '<style:style style:name="T1"><style:text-properties fo:font-weight="bold"/></style:style>'
            '<style:style style:name="R"><style:paragraph-properties style:writing-mode="rl-tb"/></style:style>',
        )
    )
    assert found.meta["title"] == "The ferry"
    assert [piece.kind for piece in found.pieces] == ["heading", "text", "text", "table", "image"]
    assert found.pieces[1].value["text"].startswith("<p>Words <b>bold</b>[^1] ")
    assert "<ul><li>one<ul><li>two</li></ul></li></ul>" in found.pieces[1].value["text"]
    assert found.pieces[2].value["lang"] == "fa"
    assert found.notes == {"1": "<p>A note.</p><p>More.</p>"}
    assert found.pictures and found.pieces[4].value["alt"] == "A quay"
    report = "\n".join(map(str, found.dropped))
    assert "gone words" in report and "Omid" in report and "Sure?" in report and "Ines" in report


def test_a_manuscript_is_read_in_a_process_with_limits_and_its_words_are_counted() -> None:
    found = read_boxed(b"# Head\n\nThree more words.[^1]\n\n[^1]: One note.\n", name="a.md")
    assert (found.manuscript.meta["headline"], found.manuscript.notes) == ("Head", {"1": "<p>One note.</p>"})
    assert found.words_out == 6
    with pytest.raises(BadManuscript, match="takes"):
        read_boxed(b"", name="a.exe")
    with pytest.raises(BadManuscript, match=r"a\.odt.*damaged"):
        read_boxed(b"no zip", name="a.odt")


def test_five_megabytes_from_word_are_read() -> None:
    rubbish = "<!--[if gte mso 9]><xml>" + "<w:x/>" * 200_000 + "</xml><![endif]-->"
    page = f"<html><body>{rubbish}{'<p class=MsoNormal>Words and words.</p>' * 60_000}</body></html>"
    assert 3_000_000 < len(page) < 5_000_000
    found = read_boxed(page.encode(), name="a.htm")
    assert found.words_out == 180_000
    assert found.manuscript.dropped == []
