"""Formulas and diagrams of Word: one in a line of letters, the other in the report."""

from __future__ import annotations

import pytest

from masthead.issues.manuscripts.word import reading
from tests.issues.manuscripts.word_files import paragraph, text, word_file


def _r(words: str) -> str:
    return f"<m:r><m:t>{words}</m:t></m:r>"


def _e(inner: str, name: str = "e") -> str:
    return f"<m:{name}>{inner if inner.startswith('<') else _r(inner)}</m:{name}>"


_SUM = f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>{_e("i=1", "sub")}{_e("n", "sup")}{_e("i")}</m:nary>'


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        (_r("E=m") + f"<m:sSup>{_e('c')}{_e('2', 'sup')}</m:sSup>", "E=mc^2"),
        (f"<m:f>{_e('a+b', 'num')}{_e('c', 'den')}</m:f>", "(a+b)/c"),
        (f"<m:f>{_e('(a)+(b)', 'num')}{_e('c', 'den')}</m:f>", "((a)+(b))/c"),
        (f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>{_e("x")}</m:rad>', "√(x)"),
        (f"<m:rad>{_e('3', 'deg')}{_e('x')}</m:rad>", "root_3(x)"),
        (_SUM, "∑_(i=1)^n i"),
        (f"<m:sSubSup>{_e('x')}{_e('i', 'sub')}{_e('2', 'sup')}</m:sSubSup>", "x_i^2"),
        (f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val=""/></m:dPr>{_e("a")}{_e("b")}</m:d>', "[a|b"),
        (f"<m:func>{_e('sin', 'fName')}{_e('x')}</m:func>", "sin x"),
        (f"<m:m><m:mr>{_e('a')}{_e('b')}</m:mr><m:mr>{_e('c')}{_e('d')}</m:mr></m:m>", "[a, b; c, d]"),
    ],
)
def test_a_formula_stands_in_one_line_and_is_named(formula: str, line: str) -> None:
    found = reading.read(word_file(paragraph(text("So ") + f"<m:oMath>{formula}</m:oMath>" + text(" holds."))))
    assert found.pieces[0].value["text"] == f"<p>So {line} holds.</p>"
    assert any(one.what.startswith("a formula") and line in one.what for one in found.noticed)
    assert not found.dropped


def test_a_diagram_leaves_its_words_in_the_report() -> None:
    uri = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    ids = f'<dgm:relIds xmlns:dgm="{uri}" r:dm="rIdData"/>'
    drawing = (
        f'<w:drawing><wp:inline><a:graphic><a:graphicData uri="{uri}">{ids}</a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    points = "".join(f"<dgm:pt><dgm:t><a:p><a:r><a:t>{name}</a:t></a:r></a:p></dgm:t></dgm:pt>" for name in ("Quay", "Ferry"))
    main = "http://schemas.openxmlformats.org/drawingml/2006/main"
    data = f'<dgm:dataModel xmlns:dgm="{uri}" xmlns:a="{main}"><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>'
    file = word_file(
        paragraph("Before."),
        paragraph(f"<w:r>{drawing}</w:r>"),
        related={"rIdData": ("diagramData", "diagrams/data1.xml")},
        parts={"word/diagrams/data1.xml": data.encode()},
    )
    found = reading.read(file)
    assert [(one.what.partition(";")[0], one.words) for one in found.dropped] == [("a diagram", "Quay Ferry")]
