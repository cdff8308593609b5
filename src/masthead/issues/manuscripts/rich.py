"""Inline markup of a manuscript → the rich text that blocks store."""

from __future__ import annotations

from html import escape

from bs4 import Tag
from bs4.element import NavigableString, PageElement

_SAME = {"strong": "b", "b": "b", "em": "i", "i": "i", "cite": "i", "dfn": "i", "var": "i", "sup": "sup", "sub": "sub"} | {
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
}

#: Elements that stand in a line: no space before what they hold.
_RUNNING = {
    *_SAME,
    "a",
    "abbr",
    "bdi",
    "bdo",
    "del",
    "font",
    "ins",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strike",
    "time",
    "u",
    "wbr",
}


def rich_text(tag: Tag) -> str:
    """`tag`, a paragraph, list or anything that holds some, as paragraphs and lists; "" when it has no words."""
    if is_empty(tag):
        return ""
    if tag.name in {"ul", "ol"}:
        return _list(tag)
    parts: list[str] = []
    line: list[str] = []
    for child in tag.children:
        if isinstance(child, Tag) and child.name in {"p", "div", "ul", "ol", "li", "blockquote", "section"}:
            _flush(line, parts)
            parts.append(rich_text(child))
        else:
            line.append(_inline(child))
    _flush(line, parts)
    return "".join(parts)


def words_of(element: PageElement) -> str:
    """The words of `element` in one line; parts of a list or table stay apart."""
    if isinstance(element, NavigableString):
        return " ".join(str(element).split())
    if not isinstance(element, Tag):
        return ""
    pieces: list[str] = []
    for one in element.descendants:
        if isinstance(one, NavigableString):
            pieces.append(str(one))
        elif isinstance(one, Tag) and one.name not in _RUNNING:
            pieces.append(" ")
    return " ".join("".join(pieces).split())


def is_empty(tag: Tag) -> bool:
    """Whether it has no words."""
    return not words_of(tag)


def _flush(line: list[str], parts: list[str]) -> None:
    markup = " ".join("".join(line).split(" ")).strip()
    line.clear()
    while markup.endswith("<br/>"):
        markup = markup.removesuffix("<br/>").rstrip()
    if markup:
        parts.append(f"<p>{markup}</p>")


def _list(tag: Tag) -> str:
    """Lists keep their items; an item's paragraphs become lines of it, since the editor's items have none."""
    items = []
    for child in tag.find_all("li", recursive=False):
        inner: list[str] = []
        nested: list[str] = []
        for part in child.children:
            if isinstance(part, Tag) and part.name in {"ul", "ol"}:
                nested.append(_list(part))
            elif isinstance(part, Tag) and part.name in {"p", "div"}:
                if "".join(inner).strip():
                    inner.append("<br/>")
                inner += [_inline(one) for one in part.children]
            else:
                inner.append(_inline(part))
        items.append(f"<li>{''.join(inner).strip()}{''.join(nested)}</li>")
    stray = [words_of(one) for one in tag.children if not (isinstance(one, Tag) and one.name == "li")]
    items += [f"<li>{escape(words, quote=False)}</li>" for words in stray if words]
    return f"<{tag.name}>{''.join(items)}</{tag.name}>"


def _inline(element: PageElement) -> str:
    if isinstance(element, NavigableString):
        # A line end in the source is a space; a no-break space is meant.
        return escape(_folded(str(element)), quote=False)
    if not isinstance(element, Tag):
        return ""
    if element.name == "br":
        return "<br/>"
    if element.name in {"p", "div", "li", "ul", "ol"}:
        return f"{''.join(map(_inline, element.children))} "
    inner = "".join(map(_inline, element.children))
    if element.name == "q":
        return f"“{inner}”"
    if element.name == "a":
        url = str(element.get("href") or "").strip()
        return f'<a href="{escape(url)}">{inner}</a>' if url and not url.startswith("#") and inner.strip() else inner
    name = _SAME.get(element.name)
    return f"<{name}>{inner}</{name}>" if name and inner.strip() else inner


def _folded(text: str) -> str:
    return "".join(" " if letter in "\n\r\t\f" else letter for letter in text)
