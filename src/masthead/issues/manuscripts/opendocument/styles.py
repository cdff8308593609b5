"""The styles of an .odt file: emphasis, direction, language, and what a paragraph is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element

_O = "{urn:oasis:names:tc:opendocument:xmlns:"
STYLE, FO, TEXT = f"{_O}style:1.0}}", f"{_O}xsl-fo-compatible:1.0}}", f"{_O}text:1.0}}"
_ROLES = {
    "title": "title",
    "subtitle": "subtitle",
    "quotations": "quote",
    "preformatted_20_text": "code",
}


class Styles:
    """Asked by name; a style that is missing says nothing."""

    def __init__(self, content: Element, styles: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._lists: dict[str, Element] = {}
        self.language = ""
        for root in (content,) if styles is None else (styles, content):
            for style in root.iter(f"{STYLE}style"):
                self._styles[style.get(f"{STYLE}name", "")] = style
            for style in root.iter(f"{TEXT}list-style"):
                self._lists[style.get(f"{STYLE}name", "")] = style
            for style in root.iter(f"{STYLE}default-style"):
                if style.get(f"{STYLE}family") == "paragraph":
                    self.language = _language(style) or self.language

    def role(self, name: str) -> str:
        """ "title", "subtitle", "quote", "code" or ""."""
        return next((_ROLES[one] for one in self._names(name) if one in _ROLES), "")

    def attributes(self, name: str) -> str:
        """` dir="…" lang="…"` as a paragraph style says, or nothing."""
        mode = language = ""
        for style in self._chain(name):
            properties = style.find(f"{STYLE}paragraph-properties")
            mode = mode or (properties.get(f"{STYLE}writing-mode", "") if properties is not None else "")
            language = language or _language(style)
        way = "rtl" if mode.startswith("rl") else "ltr" if mode.startswith("lr") else ""
        return "".join(f' {key}="{escape(said)}"' for key, said in (("dir", way), ("lang", language)) if said)

    def wrapped(self, name: str, inner: str) -> str:
        """`inner` with the emphasis of a character style."""
        said: dict[str, str] = {}
        names = set(self._names(name))
        for style in self._chain(name):
            properties = style.find(f"{STYLE}text-properties")
            for key, what in properties.attrib.items() if properties is not None else ():
                said.setdefault(key, what)
        bold = re.fullmatch(r"bold|[6-9]00", said.get(f"{FO}font-weight", "")) or "strong_20_emphasis" in names
        italic = said.get(f"{FO}font-style") in {"italic", "oblique"} or "emphasis" in names
        position = said.get(f"{STYLE}text-position", "")
        raised = re.match(r"super|[1-9]\d*%", position)
        lowered = re.match(r"sub|-\d", position)
        for name_, on in (("b", bold), ("i", italic), ("sup", raised), ("sub", lowered)):
            inner = f"<{name_}>{inner}</{name_}>" if on else inner
        return inner

    def is_numbered(self, name: str) -> bool:
        """Whether the first level of a list style counts."""
        style = self._lists.get(name)
        return style is not None and len(style) > 0 and style[0].tag == f"{TEXT}list-level-style-number"

    def _names(self, name: str) -> Iterator[str]:
        yield name.lower()
        for style in self._chain(name):
            yield style.get(f"{STYLE}parent-style-name", "").lower()

    def _chain(self, name: str) -> Iterator[Element]:
        for _ in range(20):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = style.get(f"{STYLE}parent-style-name", "")


def _language(style: Element) -> str:
    properties = style.find(f"{STYLE}text-properties")
    if properties is None:
        return ""
    language, country = properties.get(f"{FO}language", ""), properties.get(f"{FO}country", "")
    if not re.fullmatch(r"[A-Za-z]{2,3}", language):
        return ""
    return f"{language}-{country}" if re.fullmatch(r"[A-Za-z]{2}", country) else language
