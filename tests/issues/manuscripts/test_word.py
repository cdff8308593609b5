"""Word files in, pieces and a report out; what each program of the world writes is one case."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masthead.issues.manuscripts import html
from masthead.issues.manuscripts.neutral import BadManuscript, Manuscript
from masthead.issues.manuscripts.word.reading import read
from tests.issues.manuscripts.word_files import item, note, paragraph, picture, text, word_file


def prose(manuscript: Manuscript) -> str:
    return "".join(str(piece.value["text"]) for piece in manuscript.pieces if piece.kind == "text")


def said(manuscript: Manuscript) -> str:
    return "\n".join(map(str, [*manuscript.dropped, *manuscript.noticed]))


def test_forty_footnotes_come_in_their_order_with_all_their_paragraphs() -> None:
    notes = {number: paragraph(f"Note {number}.") + paragraph(f"More of {number}.") for number in range(1, 41)}
    body = [paragraph(text(f"Sentence {number}") + note(number)) for number in range(1, 41)]
    found = read(word_file(*body, footnotes=notes))
    assert re.findall(r"\[\^(\d+)\]", prose(found)) == [str(number) for number in range(1, 41)]
    assert found.notes["40"] == "<p>Note 40.</p><p>More of 40.</p>"
    assert "<sup>" not in prose(found) and found.dropped == []


def test_endnotes_follow_in_one_row_with_footnotes_and_orphans_are_named() -> None:
    found = read(
        word_file(
            paragraph(text("One") + note(1) + text(" two") + note(7, "endnote") + note(9)),
            footnotes={1: paragraph("A foot."), 2: paragraph("Nobody points here.")},
            endnotes={7: paragraph("An end.")},
        )
    )
    assert prose(found) == "<p>One[^1] two[^2]</p>"
    assert found.notes == {"1": "<p>A foot.</p>", "2": "<p>An end.</p>"}
    assert "Nobody points here." in said(found) and "whose note the file does not have" in said(found)


def test_headings_are_found_by_their_meaning_not_by_the_language_of_word() -> None:
    found = read(
        word_file(
            paragraph("The ferry", "Ttulo"),
            paragraph("A short line below", "Untertitel"),
            paragraph("First", "Section"),
            paragraph("a", properties='<w:outlineLvl w:val="1"/>'),
            paragraph("Words."),
        )
    )
    assert found.meta == {"title": "The ferry", "subtitle": "A short line below"}
    assert [(piece.value["text"], piece.value["level"]) for piece in found.pieces[:2]] == [("First", "2"), ("a", "3")]


def test_lines_that_are_all_bold_are_headings_where_there_are_no_others() -> None:
    bold = paragraph(text("On the quay", "<w:b/>"))
    found = read(word_file(paragraph("Once."), bold, paragraph("Twice."), paragraph("Thrice."), paragraph("More.")))
    assert [piece.kind for piece in found.pieces] == ["text", "heading", "text"]
    assert "taken as a heading" in said(found)


def test_direction_and_language_of_paragraphs_survive() -> None:
    persian = "قایق به بندر برگشت و مردم پیش از طلوع آفتاب منتظر بودند"
    hebrew = "המעבורת חזרה לנמל אתמול בבוקר"
    lang = '<w:rtl/><w:lang w:bidi="fa-IR"/>'
    found = read(
        word_file(
            paragraph("An English bulletin says a lot in English. " * 5),
            paragraph(text(persian, lang), properties="<w:bidi/>"),
            paragraph(persian, "Rechts"),
            paragraph(hebrew),
            paragraph(text("Ein deutscher Satz.", '<w:lang w:val="de-DE"/>')),
        )
    )
    assert [piece.value.get("lang") for piece in found.pieces] == [None, "fa-IR", "fa", "he", None]
    whole = read(word_file(*(paragraph(text(persian, lang), properties="<w:bidi/>") for _ in range(3)), paragraph("English.")))
    assert whole.meta["language"] == "fa"
    assert [piece.value.get("lang") for piece in whole.pieces] == [None, "und-Latn"]


def test_lists_keep_nine_levels() -> None:
    found = read(word_file(*(item(f"level {level}", level) for level in range(9)), item("back", 0)))
    assert prose(found).count("<ul>") == 8 and prose(found).count("<ol>") == 1
    assert prose(found).endswith("<li>back</li></ul>")


def test_merged_cells_keep_their_columns() -> None:
    def cell(words: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(words) if words else '<w:p/>'}</w:tc>"

    rows = (
        cell("Name") + cell("Times", '<w:gridSpan w:val="2"/>'),
        cell("Ferry", '<w:vMerge w:val="restart"/>') + cell("8:00") + cell("9:00"),
        cell("", "<w:vMerge/>") + cell("a | b") + cell("11:00"),
    )
    found = read(word_file("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"))
    assert found.pieces[0].value["rows"] == "Name | Times |  \nFerry | 8:00 | 9:00\n  | a \\| b | 11:00"


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        ('<w:hyperlink r:id="l">' + text("here") + "</w:hyperlink>", '<a href="https://example.org/?a=1&amp;b=2">here</a>'),
        (
            "<w:fldSimple w:instr='HYPERLINK \"https://example.org/s\"'>" + text("s") + "</w:fldSimple>",
            'href="https://example.org/s"',
        ),
        ("<w:smartTag><w:smartTag>" + text("London") + "</w:smartTag></w:smartTag>", "London"),
        ('<w:dir w:val="rtl"><w:bdo w:val="ltr">' + text("inner") + "</w:bdo></w:dir>", "inner"),
        ("<w:sdt><w:sdtPr/><w:sdtContent>" + text("control") + "</w:sdtContent></w:sdt>", "control"),
        ('<w:moveTo w:author="A">' + text("moved") + "</w:moveTo>", "moved"),
        (text("foo") + '<w:r><w:br w:type="page"/></w:r>' + text("bar"), "foo<br/>bar"),
        (text("foo") + "<w:r><w:ptab/></w:r>" + text("bar"), "foo bar"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "✓"),
        (text("\uf0fc", '<w:rFonts w:ascii="Wingdings"/>'), "✓"),
        (text("soft") + "<w:r><w:softHyphen/></w:r>" + text("ware"), "software"),
        (text("H") + text("2", '<w:vertAlign w:val="subscript"/>') + text("O"), "H<sub>2</sub>O"),
        ("<m:oMath><m:r><m:t>E=mc²</m:t></m:r></m:oMath>", "E=mc²"),
        (
            "<w:r><w:ruby><w:rt>" + text("reading") + "</w:rt><w:rubyBase>" + text("base") + "</w:rubyBase></w:ruby></w:r>",
            "base (reading)",
        ),
        (
            "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
            + paragraph("boxed")
            + "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>"
            + paragraph("boxed")
            + "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
            "<p>boxed</p>",
        ),
    ],
)
def test_what_word_wraps_text_in_is_taken_off(runs: str, wanted: str) -> None:
    found = read(word_file(paragraph(text("So: ") + runs), links={"l": "https://example.org/?a=1&b=2"}))
    assert wanted in prose(found).replace("\t", " ")
    assert prose(found).count("boxed") <= 1
    assert not [one for one in found.dropped if "could not be carried over" in one.what]


def test_a_drop_cap_is_the_first_letter_of_its_word() -> None:
    found = read(word_file(paragraph("O", properties='<w:framePr w:dropCap="drop"/>'), paragraph("nce there was a ferry.")))
    assert prose(found) == "<p>Once there was a ferry.</p>"


def test_what_is_left_is_named_with_its_words_and_its_place() -> None:
    found = read(
        word_file(
            paragraph("Report", "berschrift1"),
            paragraph("Contents line 3", "Verzeichnis1"),
            paragraph(
                text("Kept ")
                + '<w:del w:author="Omid"><w:r><w:delText>deleted words</w:delText></w:r></w:del>'
                + text("secret words", "<w:vanish/>")
                + '<w:r><w:commentReference w:id="4"/></w:r>'
            ),
            comments='<w:comment w:id="4" w:author="Ines">' + paragraph("Is this so?") + "</w:comment>",
            header=paragraph("Running head"),
        )
    )
    report = said(found)
    for words in ("Contents line 3", "deleted words", "secret words", "Is this so?", "Running head", "Omid", "Ines"):
        assert words in report
    assert "after “Report”" in report
    assert "deleted" not in prose(found) and "secret" not in prose(found)


def test_pictures_come_with_their_words_and_drawings_of_word_are_refused_by_name() -> None:
    found = read(
        word_file(
            paragraph(picture()),
            paragraph("The quay at dawn", "Legende"),
            paragraph(picture("rIdDrawing", "A diagram")),
            pictures={"rIdPicture": ("a.png", b"png"), "rIdDrawing": ("b.emf", b"emf")},
        )
    )
    assert [(piece.value["alt"], piece.value["caption"]) for piece in found.pieces] == [("A quay", "The quay at dawn")]
    assert list(found.pictures.values()) == [b"png"]
    assert "EMF drawings cannot be shown" in said(found) and "A diagram" in said(found)


def test_a_chart_leaves_its_words_in_the_report() -> None:
    chart = (
        '<w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        '<c:chart r:id="ch"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )
    part = b'<c:chartSpace xmlns:c="c" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:t>Rainfall</a:t></c:chartSpace>'
    found = read(
        word_file(paragraph(text("Look:") + chart), related={"ch": ("chart", "charts/c.xml")}, parts={"word/charts/c.xml": part})
    )
    assert "a chart" in said(found) and "Rainfall" in said(found)


def _bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 310_000_000)
    return out.getvalue()


def _with_entities() -> bytes:
    evil = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><w:document xmlns:w="w"><w:body>&c;</w:body></w:document>'
    return word_file(paragraph("x"), parts={"word/document.xml": evil})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"{\\rtf1 hello}", "rich-text"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"plain words", "no Word file"),
        (word_file(paragraph("x"))[:900], "damaged"),
        (word_file(paragraph("x"), parts={"word/document.xml": b"<w:document"}), "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, words: str) -> None:
    with pytest.raises(BadManuscript, match=words):
        read(data)


def test_bombs_are_refused() -> None:
    with pytest.raises(BadManuscript, match="damaged"):
        read(_with_entities())
    with pytest.raises(BadManuscript, match="300 MB"):
        read(_bomb())


_WORD = st.integers(min_value=0, max_value=999).map(lambda number: f"w{number} ")
_RUN = _WORD.map(text)
_INLINE = st.recursive(
    _RUN,
    lambda inner: st.tuples(st.sampled_from(["smartTag", "ins", "del", "moveTo", "dir", "bdo", "hyperlink"]), inner).map(
        lambda pair: (
            f"<w:{pair[0]}>{pair[1].replace('w:t>', 'w:delText>').replace('w:t ', 'w:delText ')}</w:{pair[0]}>"
            if pair[0] == "del"
            else f"<w:{pair[0]}>{pair[1]}</w:{pair[0]}>"
        )
    ),
    max_leaves=3,
)
_STYLE = st.sampled_from(["", "berschrift1", "Heading2", "Ttulo", "Untertitel", "Zitat", "Legende", "Verzeichnis1", "Rechts"])
_PARAGRAPH = st.tuples(st.lists(_INLINE, min_size=1, max_size=3), _STYLE).map(lambda pair: paragraph("".join(pair[0]), pair[1]))
_TABLE = st.lists(st.lists(_PARAGRAPH, min_size=1, max_size=3), min_size=1, max_size=3).map(
    lambda rows: (
        "<w:tbl>" + "".join("<w:tr>" + "".join(f"<w:tc>{c}</w:tc>" for c in row) + "</w:tr>" for row in rows) + "</w:tbl>"
    )
)
_BODY = st.lists(st.one_of(_PARAGRAPH, _TABLE, _WORD.map(item)), max_size=6)


@given(_BODY)
@settings(max_examples=60, deadline=None)
def test_each_word_is_in_a_piece_a_note_or_the_report(body: list[str]) -> None:
    found = read(word_file(*body))
    wanted = set(re.findall(r"w\d+(?= )", " ".join(re.findall(r">([^<]*)<", "".join(body)))))
    assert wanted - set(re.findall(r"w\d+", " ".join(html.all_words(found)))) == set()
    assert not [one for one in found.dropped if one.what == "could not be carried over"]


def test_text_boxes_of_one_drawing_keep_their_order() -> None:
    boxes = "".join(
        f"<wps:txbx><w:txbxContent>{paragraph(words)}</w:txbxContent></wps:txbx>" for words in ("first", "second", "third")
    )
    found = read(word_file(paragraph(text("Before. ") + f"<w:r><w:drawing>{boxes}</w:drawing></w:r>"), paragraph("After.")))
    assert prose(found) == "<p>Before.</p><p>first</p><p>second</p><p>third</p><p>After.</p>"


def test_a_note_that_only_a_note_points_to_stands_in_it() -> None:
    found = read(
        word_file(
            paragraph(text("Text") + note(1)),
            footnotes={1: paragraph(text("See the end") + note(1, "endnote"))},
            endnotes={1: paragraph("the harbour log, page 9")},
        )
    )
    assert list(found.notes.values()) == ["<p>See the end (the harbour log, page 9)</p>"]
    assert not found.dropped


def test_the_words_of_a_page_inside_the_document_are_in_the_report() -> None:
    found = read(
        word_file(
            paragraph("Kept."),
            '<w:altChunk r:id="chunk"/>',
            related={"chunk": ("aFChunk", "chunk.html")},
            parts={"word/chunk.html": b"<html><body><p>Words of <b>another</b> page</p></body></html>"},
        )
    )
    assert "Words of another page" in said(found)
