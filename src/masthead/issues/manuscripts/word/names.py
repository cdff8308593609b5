"""Names of the XML inside a Word file (ISO/IEC 29500-1), and small questions about its elements."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V = "{urn:schemas-microsoft-com:vml}"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

#: The strict variant of the standard says the same under other names.
_STRICT = "{http://purl.oclc.org/ooxml/"
_TRANSITIONAL = {
    "wordprocessingml/main": W,
    "officeDocument/relationships": R,
    "officeDocument/math": M,
    "drawingml/main": A,
    "drawingml/wordprocessingDrawing": WP,
    "drawingml/picture": PIC,
}
#: Where one word ends though no space is written.
_GAPS = {f"{W}{name}" for name in ("tab", "ptab", "br", "cr", "p", "tc", "tr")}


def transitional(name: str) -> str:
    """`name` as the transitional variant has it."""
    if not name.startswith(_STRICT):
        return name
    space, _, local = name[len(_STRICT) :].partition("}")
    return f"{_TRANSITIONAL[space]}{local}" if space in _TRANSITIONAL else name


def value(element: Element | None, name: str = "val") -> str:
    """The attribute `w:name` of `element`; "" without either."""
    return "" if element is None else element.get(f"{W}{name}", "")


def is_on(element: Element | None) -> bool:
    """Whether a switch such as <w:b/> is there and not turned off."""
    return element is not None and value(element) not in {"0", "false", "off", "none"}


def property_of(element: Element, name: str) -> Element | None:
    """`w:name` among the properties of a paragraph or run."""
    return element.find(f"{W}{'pPr' if element.tag == f'{W}p' else 'rPr'}/{W}{name}")


def words_in(element: Element, *, deleted: bool = False) -> str:
    """The text of `element` in one line; with `deleted` that of tracked deletions, too."""
    return " ".join("".join(_texts(element, deleted)).split())


def parents(root: Element) -> dict[Element, Element]:
    """Each element's parent: the tree itself does not know."""
    return {child: parent for parent in root.iter() for child in parent}


def replace(parent: Element, old: Element, new: list[Element]) -> None:
    """Put `new` where `old` stands."""
    place = list(parent).index(old)
    parent.remove(old)
    for offset, element in enumerate(new):
        parent.insert(place + offset, element)


def run_of(text: str, like: Element | None = None) -> Element:
    """A run that says `text`, formatted as `like` is."""
    run = Element(f"{W}r")
    if like is not None:
        run.append(like)
    words = Element(f"{W}t", {XML_SPACE: "preserve"})
    words.text = text
    run.append(words)
    return run


def _texts(element: Element, deleted: bool) -> Iterator[str]:
    for one in element.iter():
        if one.tag == f"{W}t" or one.tag == f"{M}t" or one.tag == f"{A}t" or (deleted and one.tag == f"{W}delText"):
            yield one.text or ""
            if one.tag == f"{A}t":
                yield " "
        elif one.tag == f"{W}noBreakHyphen":
            yield "\u2011"
        elif one.tag in _GAPS and not (one.tag == f"{W}tab" and one.get(f"{W}pos")):
            yield " "
