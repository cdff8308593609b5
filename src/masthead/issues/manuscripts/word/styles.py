"""The styles of a Word file: what each is called, is based on, and says of direction, language and rank."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from masthead.issues.manuscripts.word.names import W, is_on, property_of, value

_HEADING = re.compile(r"heading ?(\d)", re.IGNORECASE)
#: Styles by their English names, which stay the same in every language of Word; LibreOffice and Pages have a few more.
_ROLES = {
    "title": "title",
    "subtitle": "subtitle",
    "quote": "quote",
    "intense quote": "quote",
    "block text": "quote",
    "quotations": "quote",
    "block quotation": "quote",
    "caption": "caption",
    "illustration": "caption",
    "figure": "caption",
    "html preformatted": "code",
    "preformatted text": "code",
    "plain text": "",
    "source code": "code",
    "code": "code",
    "heading": "heading1",  # Pages
}


class Styles:
    """Asked by id; a style that is missing says nothing."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._default = ""
        self._paragraphs: Element | None = None
        self._runs: Element | None = None
        if root is None:
            return
        for style in root.iter(f"{W}style"):
            self._styles[value(style, "styleId")] = style
            if value(style, "type") == "paragraph" and value(style, "default") in {"1", "true", "on"}:
                self._default = value(style, "styleId")
        self._paragraphs = root.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr")
        self._runs = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")

    def role(self, paragraph: Element) -> str:
        """ "heading1" to "heading9", "title", "subtitle", "quote", "caption", "code", "toc" or ""."""
        rank = property_of(paragraph, "outlineLvl")
        if rank is not None and value(rank).isdecimal() and int(value(rank)) < 9:
            return f"heading{int(value(rank)) + 1}"
        for style in self._chain(value(property_of(paragraph, "pStyle"))):
            name = value(style.find(f"{W}name")).casefold()
            if found := _HEADING.fullmatch(name):
                return f"heading{found[1]}"
            if re.fullmatch(r"toc \d|toc heading|table of figures|contents \d|contents heading", name):
                return "toc"
            if _ROLES.get(name):
                return _ROLES[name]
            level = value(style.find(f"{W}pPr/{W}outlineLvl"))
            if level.isdecimal() and int(level) < 9:
                return f"heading{int(level) + 1}"
        # Pages and some exporters refer to headings that the file does not define.
        found = re.fullmatch(r"Heading(\d)", value(property_of(paragraph, "pStyle")))
        return f"heading{found[1]}" if found else ""

    def direction(self, paragraph: Element) -> str:
        """ "rtl" or "ltr" if the paragraph or one of its styles says so, else ""."""
        own = property_of(paragraph, "bidi")
        if own is not None:
            return "rtl" if is_on(own) else "ltr"
        for style in self._chain(value(property_of(paragraph, "pStyle")) or self._default):
            found = style.find(f"{W}pPr/{W}bidi")
            if found is not None:
                return "rtl" if is_on(found) else "ltr"
        found = self._paragraphs.find(f"{W}bidi") if self._paragraphs is not None else None
        return "rtl" if is_on(found) else ""

    def language(self, run: Element, paragraph: Element) -> tuple[str, str]:
        """(tag for words from left to right, tag for words from right to left) as the run or a named style says; "" each."""
        chains = [run.find(f"{W}rPr/{W}lang")]
        for style in (value(property_of(run, "rStyle")), value(property_of(paragraph, "pStyle"))):
            chains += [one.find(f"{W}rPr/{W}lang") for one in self._chain(style)]
        said = [one for one in chains if one is not None]
        plain = next((value(one) for one in said if value(one)), "")
        bidi = next((value(one, "bidi") for one in said if value(one, "bidi")), "")
        return plain, bidi

    def is_bold(self, run: Element, paragraph: Element) -> bool:
        """Whether a run is printed bold, by itself or by a style."""
        own = property_of(run, "b")
        if own is not None:
            return is_on(own)
        for style in (value(property_of(run, "rStyle")), value(property_of(paragraph, "pStyle"))):
            for one in self._chain(style):
                found = one.find(f"{W}rPr/{W}b")
                if found is not None:
                    return is_on(found)
        return False

    def _chain(self, style_id: str) -> Iterator[Element]:
        """The style and those it is based on, at most twenty: a file may have a circle."""
        for _ in range(20):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = value(style.find(f"{W}basedOn"))
