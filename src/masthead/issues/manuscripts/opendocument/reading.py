"""One .odt file → a manuscript."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from html import escape
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from masthead.issues.manuscripts import html, words
from masthead.issues.manuscripts.neutral import BadManuscript, Dropped, Manuscript
from masthead.issues.manuscripts.opendocument.styles import Styles

_O = "{urn:oasis:names:tc:opendocument:xmlns:"
TEXT, OFFICE, TABLE, DRAW = f"{_O}text:1.0}}", f"{_O}office:1.0}}", f"{_O}table:1.0}}", f"{_O}drawing:1.0}}"
SVG, XLINK, DC = f"{_O}svg-compatible:1.0}}", "{http://www.w3.org/1999/xlink}", "{http://purl.org/dc/elements/1.1/}"
_MOST_BYTES = 300_000_000
#: Elements that say nothing themselves; what they hold is read.
_CONTENTS = {f"{TEXT}table-of-content", f"{TEXT}alphabetical-index", f"{TEXT}bibliography", f"{TEXT}illustration-index"}
_SILENT = {f"{TEXT}sequence-decls", f"{TEXT}variable-decls", f"{TEXT}tracked-changes", f"{OFFICE}forms", f"{TABLE}table-column"}


def read(data: bytes) -> Manuscript:
    """The manuscript in the bytes of an .odt file, its pictures in `pictures`. Raises BadManuscript."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
                raise BadManuscript("The file unpacks to more than 300 MB. Take out large pictures and save it again.")
            return _Walk(archive).manuscript()
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, RecursionError):
            raise BadManuscript("The file is nested too deeply to be read. Save its text as a new file.") from error
        raise BadManuscript(f"The .odt file is damaged or protected ({error}). Save it again, without a password.") from error


def _tree(archive: zipfile.ZipFile, name: str) -> Element:
    try:
        root: Element = defusedxml.ElementTree.fromstring(archive.read(name), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadManuscript(f"The part {name} of the file is damaged. Save it again.") from error
    return root


class _Walk:
    """Writes HTML for `manuscripts.html`, which makes the pieces."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        content = _tree(archive, "content.xml")
        self._styles = Styles(content, _tree(archive, "styles.xml") if "styles.xml" in archive.namelist() else None)
        body = content.find(f"{OFFICE}body/{OFFICE}text")
        if body is None:
            raise BadManuscript("The file is no text document. Save it as .odt or .docx.")
        self._body = body
        self._dropped: list[Dropped] = []
        self._pictures: dict[str, bytes] = {}
        self._notes: list[str] = []
        self._meta: dict[str, str] = {}
        self._heading = ""
        self._name_deletions()

    def manuscript(self) -> Manuscript:
        """All of it, with the words that went missing named."""
        page = self._blocks(self._body)
        language = self._styles.language
        lang = f' lang="{escape(language)}"' if language else ""
        found = html.read(f"<html{lang}><body><article>{page}{''.join(self._notes)}</article></body></html>")
        found.meta = {**found.meta, **self._meta}
        found.pictures.update(self._pictures)
        found.dropped = self._dropped + found.dropped
        sources = [("", " ".join("".join(one.itertext()).split())) for one in self._body.iter() if one.tag in _PARAGRAPHS]
        found.words_in = words.count(text for _place, text in sources)
        return found

    def _blocks(self, parent: Element) -> str:
        return "".join(self._block(child) for child in parent)

    def _block(self, element: Element) -> str:
        if element.tag in _SILENT:
            return ""
        if element.tag in _CONTENTS:
            self._dropped.append(Dropped(self._place(), "a table of contents or index", _words(element)))
            return ""
        make = _BLOCKS.get(element.tag)
        return make(self, element) if make else self._blocks(element)

    def _place(self) -> str:
        return f"after “{self._heading}”" if self._heading else "at the beginning"

    def _name_deletions(self) -> None:
        """Tracked deletions are stored before the text; each is named in the report."""
        for region in self._body.iter(f"{TEXT}changed-region"):
            for deletion in region.iter(f"{TEXT}deletion"):
                inner = [child for child in deletion if child.tag != f"{OFFICE}change-info"]
                if said := " ".join(filter(None, map(_words, inner))):
                    by = deletion.findtext(f"{OFFICE}change-info/{DC}creator") or ""
                    self._dropped.append(Dropped("", "deleted with tracked changes" + (f" by {by}" if by else ""), said))

    def _paragraph(self, element: Element) -> str:
        style = element.get(f"{TEXT}style-name", "")
        inner = self._inline(element)
        role = self._styles.role(style)
        if role in {"title", "subtitle"} and role not in self._meta and (said := _words(element)):
            self._meta[role] = said
            return ""
        around = self._styles.attributes(style)
        if role == "quote":
            return f"<blockquote><p{around}>{inner}</p></blockquote>"
        if role == "code":
            return f"<pre>{inner.replace('<br>', chr(10))}</pre>"
        return f"<p{around}>{inner}</p>" if inner.strip() else ""

    def _headline(self, element: Element) -> str:
        self._heading = _words(element)[:60]
        level = element.get(f"{TEXT}outline-level", "1")
        rank = min(6, int(level)) if level.isdecimal() else 1
        rank = min(6, rank + 1) if "title" in self._meta else rank
        around = self._styles.attributes(element.get(f"{TEXT}style-name", ""))
        return f"<h{rank}{around}>{self._inline(element)}</h{rank}>"

    def _list(self, element: Element) -> str:
        name = "ol" if self._styles.is_numbered(element.get(f"{TEXT}style-name", "")) else "ul"
        items = [child for child in element if child.tag in {f"{TEXT}list-item", f"{TEXT}list-header"}]
        if all(one.tag == f"{TEXT}h" for item in items for one in item):  # numbered headings
            return "".join(self._blocks(item) for item in items)
        return f"<{name}>{''.join(f'<li>{self._blocks(item)}</li>' for item in items)}</{name}>"

    def _table(self, element: Element) -> str:
        rows = []
        heads = {row for head in element.iter(f"{TABLE}table-header-rows") for row in head}
        for row in element.iter(f"{TABLE}table-row"):
            cells = []
            for cell in row:
                if cell.tag == f"{TABLE}table-cell":
                    name = "th" if row in heads else "td"
                    spans = "".join(
                        f' {html_name}="{cell.get(f"{TABLE}{name}", "1")}"'
                        for html_name, name in (("colspan", "number-columns-spanned"), ("rowspan", "number-rows-spanned"))
                    )
                    cells.append(f"<{name}{spans}>{self._blocks(cell)}</{name}>")
            rows.append(f"<tr>{''.join(cells)}</tr>")
        return f"<table>{''.join(rows)}</table>"

    def _frame(self, element: Element) -> str:
        image = element.find(f"{DRAW}image")
        if image is None:
            box = element.find(f"{DRAW}text-box")
            if box is not None:
                return f"<div>{self._blocks(box)}</div>"
            what = "an embedded object" if element.find(f"{DRAW}object") is not None else "a drawn shape"
            self._dropped.append(Dropped(self._place(), what, _words(element)))
            return ""
        said = element.findtext(f"{SVG}desc") or element.findtext(f"{SVG}title") or ""
        name = image.get(f"{XLINK}href", "").removeprefix("./")
        try:
            data = self._archive.read(name)
        except KeyError:
            self._dropped.append(Dropped(self._place(), f"the picture {name} is not in the file", said))
            return ""
        key = f"picture-{len(self._pictures) + 1}"
        self._pictures[key] = data
        alt = f' alt="{escape(said)}"' if said else ""
        return f'<img src="{key}"{alt}>'

    def _shape(self, element: Element) -> str:
        return f"<div>{self._blocks(element)}</div>" if _words(element) else ""

    def _inline(self, element: Element) -> str:
        parts = [escape(element.text or "")]
        for child in element:
            parts.append(self._piece(child))
            parts.append(escape(child.tail or ""))
        return "".join(parts)

    def _piece(self, element: Element) -> str:
        tag = element.tag
        if tag == f"{TEXT}s":
            count = element.get(f"{TEXT}c", "1")
            return " " * min(int(count) if count.isdecimal() else 1, 200)
        if tag in {f"{TEXT}tab", f"{TEXT}soft-page-break"}:
            return " " if tag == f"{TEXT}tab" else ""
        if tag == f"{TEXT}line-break":
            return "<br>"
        if tag == f"{TEXT}note":
            return self._note(element)
        if tag == f"{OFFICE}annotation":
            by = element.findtext(f"{DC}creator") or ""
            said = " ".join(filter(None, (_words(one) for one in element if one.tag not in {f"{DC}creator", f"{DC}date"})))
            self._dropped.append(Dropped(self._place(), "a comment" + (f" by {by}" if by else ""), said))
            return ""
        if tag == f"{TEXT}a":
            return f'<a href="{escape(element.get(f"{XLINK}href", ""))}">{self._inline(element)}</a>'
        if tag == f"{TEXT}span":
            return self._styles.wrapped(element.get(f"{TEXT}style-name", ""), self._inline(element))
        if tag == f"{TEXT}ruby":
            reading = element.findtext(f"{TEXT}ruby-text") or ""
            base = element.find(f"{TEXT}ruby-base")
            return (self._inline(base) if base is not None else "") + (f" ({escape(reading)})" if reading else "")
        if tag in _BLOCKS:
            return self._block(element)
        return self._inline(element)

    def _note(self, element: Element) -> str:
        key = str(len(self._notes) + 1)
        self._notes.append("")  # a note inside this one gets the next key
        body = element.find(f"{TEXT}note-body")
        inner = self._blocks(body) if body is not None else ""
        self._notes[int(key) - 1] = f'<aside {html.NOTE}="{key}">{inner}</aside>'
        return f"[^{key}]"


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


_PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
_BLOCKS: dict[str, Callable[[_Walk, Element], str]] = {
    f"{TEXT}p": _Walk._paragraph,
    f"{TEXT}h": _Walk._headline,
    f"{TEXT}list": _Walk._list,
    f"{TABLE}table": _Walk._table,
    f"{DRAW}frame": _Walk._frame,
    f"{DRAW}custom-shape": _Walk._shape,
    f"{DRAW}rect": _Walk._shape,
}
