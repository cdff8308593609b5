"""The parts of a workbook that holds nothing but texts (ECMA-376, part 1: 18 SpreadsheetML; part 2: packages)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
#: Else a reader of XML takes it for the end of a line.
_RETURN = {"\r": "&#13;"}
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

#: What leads from the package to the workbook.
PACKAGE = (
    f'{_HEAD}<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="r1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BEGIN = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'
END = "</sheetData></worksheet>"


def name_of(sheet: int) -> str:
    """The part that a sheet is, from 1."""
    return f"xl/worksheets/sheet{sheet}.xml"


def row(cells: Iterable[str]) -> str:
    """One row. The texts hold nothing that XML cannot. Without references (which are optional) each cell is the next one."""
    return f"<row>{''.join(map(_cell, cells))}</row>"


def closing(sheets: int) -> dict[str, str]:
    """The parts that name so many sheets."""
    numbers = range(1, sheets + 1)
    book = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    leads = "".join(f'<Relationship Id="r{n}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
    types = "".join(f'<Override PartName="/{name_of(n)}" ContentType="{_KIND}.worksheet+xml"/>' for n in numbers)
    return {
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{leads}</Relationships>',
        "[Content_Types].xml": (
            f'{_HEAD}<Types xmlns="{_TYPES}">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{types}</Types>'
        ),
    }


def _cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text, _RETURN)}</t></is></c>' if text else "<c/>"
