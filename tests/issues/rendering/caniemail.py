"""What a mail's HTML asks of the programs that show it, and which of them cannot do it by the tests of caniemail.com.

`tests/fixtures/caniemail.json` is a reduced copy of that site's data (© 2019 HTeuMeuLeu, MIT License, kept in the file): for each
feature the mail programs we aim at whose newest tested version has it only in part or not at all. To renew it from a file of
theirs (their `api/features.json`): `python -m tests.issues.rendering.caniemail features.json`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[2] / "fixtures" / "caniemail.json"

#: Programs that a bulletin's readers have: family, and which of its platforms.
PROGRAMS = {
    "gmail": ("desktop-webmail", "mobile-webmail", "ios", "android"),
    "outlook": ("windows", "outlook-com", "macos", "ios", "android"),
    "apple-mail": ("macos", "ios"),
    "yahoo": ("desktop-webmail", "ios", "android"),
    "samsung-email": ("android",),
    "thunderbird": ("macos", "windows"),
    "protonmail": ("desktop-webmail", "ios", "android"),
    "fastmail": ("desktop-webmail",),
    "gmx": ("desktop-webmail", "ios", "android"),
    "t-online-de": ("desktop-webmail",),
    "orange": ("desktop-webmail",),
    "laposte": ("desktop-webmail",),
    "mail-ru": ("desktop-webmail",),
}

_ELEMENTS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "html-h1-h6"),
    **dict.fromkeys(("ul", "ol", "li", "dl", "dt", "dd"), "html-lists"),
    **dict.fromkeys(("table", "thead", "tbody", "tfoot", "tr", "td", "th"), "html-table"),
    **dict.fromkeys(("article", "aside", "footer", "header", "main", "nav", "section"), "html-semantics"),
    **dict.fromkeys(("details", "figcaption", "figure", "mark", "summary", "time"), "html-semantics"),
    "strong": "html-strong",
    "p": "html-p",
    # Not of the links inside a mail, which `html-anchor-links` is about.
    "a": "html-anchor",
    "map": "html-image-maps",
    "input": "html-input-text",
    "button": "html-button-submit",
}
_SHORTER = {
    **{f"{kind}-{side}": kind for kind in ("margin", "padding", "border") for side in ("top", "right", "bottom", "left")},
    **{f"border-{part}": "border" for part in ("color", "style", "width")},
    **dict.fromkeys(("left", "right", "top", "bottom"), "left-right-top-bottom"),
    "font-family": "font",
    "font-style": "font",
}
_UNIT = re.compile(r"(?<![\w#.-])-?(?:\d+\.?\d*|\.\d+)(px|em|rem|ex|ch|cm|mm|in|pc|pt|vh|vw|vmin|vmax|%)(?![\w-])")
_FUNCTION = re.compile(r"([a-z-]+)\(")
_FUNCTIONS = {
    "rgb": "css-rgb",
    "rgba": "css-rgba",
    "calc": "css-unit-calc",
    "var": "css-variables",
    "min": "css-function-min",
    "max": "css-function-max",
    "clamp": "css-function-clamp",
    "light-dark": "css-function-light-dark",
    "linear-gradient": "css-linear-gradient",
    "radial-gradient": "css-radial-gradient",
    "conic-gradient": "css-conic-gradient",
}
_PICTURE = re.compile(r"\.(png|jpe?g|gif|webp|avif|svg|bmp|tiff?)(?:\?|$)", re.IGNORECASE)
_NO_FEATURE = frozenset({"html", "head", "meta", "title", "br", "i", "em", "b", "sup", "sub", "cite", "caption", "u"})


class Table:
    """The data: which programs fail at a feature."""

    def __init__(self) -> None:
        self._features: dict[str, dict[str, list[str]]] = json.loads(TABLE.read_text())["features"]

    def __contains__(self, feature: str) -> bool:
        return feature in self._features

    def missing_in(self, feature: str) -> list[str]:
        """The programs that do not have `feature` at all, as "family platform"."""
        return self._features[feature].get("no", [])


def features_of(html: str) -> dict[str, str]:
    """The features that `html`, a mail or a part of one, uses: name → the first place, in its own words.

    Names are those of caniemail; a property or element that it does not know keeps a name made the same way.
    """
    page = _Page()
    page.feed(html)
    page.close()
    return page.found


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        where = f"<{tag}>"
        if tag not in _NO_FEATURE:
            self._add(_ELEMENTS.get(tag, f"html-{tag}"), where)
        for name, value in attrs:
            self._attribute(tag, name, value or "", where)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            for feature, where in _of_sheet(data):
                self._add(feature, where)

    def handle_comment(self, data: str) -> None:
        self._add("html-comments", "<!-- -->")

    def handle_decl(self, decl: str) -> None:
        self._add("html-doctype", "<!doctype>")

    def _attribute(self, tag: str, name: str, value: str, where: str) -> None:
        if name == "style":
            for feature, place in _of_declarations(value):
                self._add(feature, f"{where} {place}")
        elif name == "href":
            self._add_link(value, where)
        elif name == "src":
            self._add_picture(value, where)
        elif name in {"cellpadding", "cellspacing", "align", "valign", "background", "dir", "lang", "role", "width", "height"}:
            self._add(f"html-{name}", where)
        elif name in {"hidden", "srcset", "target", "required", "loading", "popover"} or name.startswith("aria-"):
            self._add({"loading": "html-loading-attribute"}.get(name, f"html-{name}"), where)
        elif (tag, name, value) == ("meta", "name", "color-scheme"):
            self._add("html-meta-color-scheme", where)

    def _add_link(self, value: str, where: str) -> None:
        if value.startswith("#"):
            self._add("html-anchor-links", where)
        elif value.startswith("mailto:"):
            self._add("html-mailto-links", where)

    def _add_picture(self, value: str, where: str) -> None:
        kind = "base64" if value.startswith("data:") else "".join(_PICTURE.findall(value)).lower().replace("jpeg", "jpg")
        if kind:
            self._add(f"image-{kind}", where)

    def _add(self, feature: str, where: str) -> None:
        self.found.setdefault(feature, where)


def _of_sheet(sheet: str) -> Iterator[tuple[str, str]]:
    """Of a style block: at-rules, their conditions, selectors and declarations. Blocks may stand in one another."""
    sheet, comments = re.subn(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    if comments:
        yield "css-comments", "/* */"
    for before, declarations in re.findall(r"([^{}]+)(?:\{([^{}]*)\})?", sheet):
        prelude = before.strip()
        if not prelude:
            continue
        if prelude.startswith("@"):
            yield from _of_at_rule(prelude)
        else:
            yield from _of_selector(prelude)
        yield from ((feature, f"{prelude} {{{place}}}") for feature, place in _of_declarations(declarations))


def _of_at_rule(prelude: str) -> Iterator[tuple[str, str]]:
    name = prelude[1:].split("(")[0].split()[0]
    yield f"css-at-{name}", prelude
    for asked in re.findall(r"\(\s*([a-z-]+)", prelude):
        if asked not in {"max-width", "min-width", "width"}:
            yield f"css-at-{name}-{asked.removeprefix('-webkit-').removeprefix('max-').removeprefix('min-')}", prelude


def _of_selector(selector: str) -> Iterator[tuple[str, str]]:
    kinds = {
        "css-selector-grouping": r",",
        "css-selector-class": r"\.[\w-]",
        "css-selector-id": r"#[\w-]",
        "css-selector-attribute": r"\[",
        "css-selector-universal": r"(?:^|[\s,>+~])\*",
        "css-selector-type": r"(?:^|[\s,>+~])[a-z]",
        "css-selector-descendant": r"[\w\])]\s+[\w.#\[*]",
        "css-selector-child": r">",
        "css-selector-adjacent-sibling": r"\+",
        "css-selector-general-sibling": r"~",
        "css-selector-chaining": r"[\w-]\.[\w-]",
    }
    for feature, pattern in kinds.items():
        if re.search(pattern, selector):
            yield feature, selector
    for colons, name in re.findall(r"(::?)([a-z-]+)", selector):
        yield f"css-pseudo-{'element' if colons == '::' else 'class'}-{name}", selector


def _of_declarations(declarations: str) -> Iterator[tuple[str, str]]:
    for declaration in declarations.split(";"):
        name, _, value = (part.strip().lower() for part in declaration.partition(":"))
        if not value:
            continue
        shorter = _SHORTER.get(name, name)
        yield "css-" + shorter, declaration.strip()
        if name == "display" and (kind := value.removesuffix("!important").strip()) in {"none", "flex", "grid"}:
            yield f"css-display-{kind}", declaration.strip()
        if "!important" in value:
            yield "css-important", declaration.strip()
        for unit in _UNIT.findall(value):
            yield f"css-unit-{'percent' if unit == '%' else unit}", declaration.strip()
        for function in _FUNCTION.findall(value):
            yield _FUNCTIONS.get(function, f"css-function-{function}"), declaration.strip()


def reduced(theirs: dict[str, Any]) -> dict[str, Any]:
    """Their data without what we do not ask of it."""
    features = {}
    for feature in sorted(theirs["data"], key=lambda one: one["slug"]):
        answers: dict[str, list[str]] = {}
        for family, platforms in PROGRAMS.items():
            for platform in platforms:
                versions = feature["stats"].get(family, {}).get(platform)
                if versions:
                    verdict = list(versions.values())[-1][:1]
                    kind = {"n": "no", "a": "partly"}.get(verdict)
                    if kind:
                        answers.setdefault(kind, []).append(f"{family} {platform}")
        features[feature["slug"]] = answers
    return {
        "source": "https://www.caniemail.com/",
        "tested_until": theirs["last_update_date"][:10],
        "copyright": "Copyright (c) 2019 HTeuMeuLeu",
        "licence": _MIT,
        "features": features,
    }


_MIT = (
    "MIT License. Permission is hereby granted, free of charge, to any person obtaining a copy of this software and "
    'associated documentation files (the "Software"), to deal in the Software without restriction, including '
    "without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies "
    "of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following "
    "conditions: The above copyright notice and this permission notice shall be included in all copies or "
    'substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS '
    "OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE "
    "AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR "
    "OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION "
    "WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."
)


if __name__ == "__main__":
    lines = json.dumps(reduced(json.loads(Path(sys.argv[1]).read_text())), indent=1, ensure_ascii=False)
    # A feature a line: what changed can be read in a difference.
    TABLE.write_text(re.sub(r"\n {3,}|\n {2}(?=[}\]])", "", lines).replace('","', '", "') + "\n")
