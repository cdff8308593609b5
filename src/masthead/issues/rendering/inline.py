"""Rich text: sanitised once, then read as a stream of tags and words. No tree, so depth costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from masthead.common.text import printable

_TAGS = {"p", "br", "strong", "b", "em", "i", "a", "sup", "sub", "ul", "ol", "li", "code"}
_SAME = {"b": "strong", "i": "em"}
_BLOCKS = {"p", "ul", "ol", "li"}
#: Lists inside lists beyond this are no lists any more: nobody can read them, and inlining styles takes the square of the depth.
_DEEPEST = 12


class Reader(HTMLParser):
    """What a medium makes of rich text: subclasses say what a start, an end and a run of words become."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def read(self, html: str) -> None:
        """Feed `html`, sanitised, through the three methods below."""
        self.feed(sanitised(html))
        self.close()


def sanitised(html: str) -> str:
    """`html` with the allowed elements only; words of others stay, scripts and styles go with their words."""
    return nh3.clean(
        printable(html),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )


class HtmlWriter(Reader):
    """Rich text as HTML again, its words and addresses passed through the medium."""

    def __init__(self, *, words: Callable[[str], SafeString], link: Callable[[str], str]) -> None:
        super().__init__()
        self._words = words
        self._link = link
        self._out: list[str] = []
        self._open: list[tuple[str, list[str]]] = []
        #: (address, text) of each link that stayed.
        self.linked: list[tuple[str, str]] = []
        self._loose = False
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An opening tag of the allow-list."""
        tag = _SAME.get(tag, tag)
        if tag in _BLOCKS:
            self._end_loose()
            self._depth += 1
            if self._depth > _DEEPEST:
                return
        else:
            self._begin_loose()
        given = dict(attrs)
        if tag == "a":
            url = self._link(given.get("href") or "")
            self._open.append((url, []))
            self._out.append(f'<a href="{escape(url)}">' if url else "")
        elif tag == "ol" and (given.get("start") or "").isascii() and (given.get("start") or "").isdigit():
            self._out.append(f'<ol start="{int((given["start"] or "1")[:6])}">')
        else:
            self._out.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """A closing tag of the allow-list."""
        tag = _SAME.get(tag, tag)
        if tag in _BLOCKS:
            self._end_loose()
            self._depth -= 1
            if self._depth >= _DEEPEST:
                return
        if tag == "a" and self._open:
            url, words = self._open.pop()
            if not url:
                return
            self.linked.append((url, "".join(words)))
        if tag in _BLOCKS and self._was_left_empty(tag):
            return
        self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Words."""
        if data.strip():
            self._begin_loose()
        if self._open:
            self._open[-1][1].append(data)
        self._out.append(self._words(data))

    def html(self) -> SafeString:
        """All of it."""
        self._end_loose()
        # Safe: made of allow-listed tags, escaped addresses and what `words` escaped.
        return mark_safe("".join(self._out))  # noqa: S308

    def _was_left_empty(self, tag: str) -> bool:
        """Takes back the paragraph, item or list that ends here when nothing stands in it: it would show as a gap or a bullet."""
        place = len(self._out)
        while place and not self._out[place - 1].strip():
            place -= 1
        if not place or not (self._out[place - 1] == f"<{tag}>" or (tag == "ol" and self._out[place - 1].startswith("<ol "))):
            return False
        del self._out[place - 1 :]
        return True

    def _begin_loose(self) -> None:
        """Words outside any paragraph get one."""
        if not self._depth and not self._loose:
            self._out.append("<p>")
            self._loose = True

    def _end_loose(self) -> None:
        if self._loose:
            self._out.append("</p>")
            self._loose = False


class TextWriter(Reader):
    """Rich text as paragraphs of plain words; lists keep their bullets and numbers."""

    def __init__(self, *, words: Callable[[str], str], mark: Callable[[str, str], str]) -> None:
        super().__init__()
        self._words = words
        self._mark = mark
        #: (gap, words): gap says whether an empty line stands before the paragraph.
        self.paragraphs: list[tuple[bool, str]] = []
        self._line = ""
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []
        self._gap = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An opening tag of the allow-list."""
        given = dict(attrs)
        if tag in {"ul", "ol"}:
            self._flush()
            self._gap = not self._lists
            start = given.get("start") or ""
            self._lists.append((int(start[:6]) if start.isascii() and start.isdigit() else 1) if tag == "ol" else None)
        elif tag == "li":
            self._flush()
            self._line = "  " * max(0, len(self._lists) - 1) + self._bullet()
        elif tag == "p" and not self._lists:
            self._flush()
            self._gap = True
        elif tag == "br":
            self._flush()
            self._gap = False
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self._line)))
        elif tag == "code":
            self._line += "`"

    def handle_endtag(self, tag: str) -> None:
        """A closing tag of the allow-list."""
        if tag in {"ul", "ol"}:
            self._flush()
            if self._lists:
                self._lists.pop()
            self._gap = not self._lists
        elif tag in {"p", "li"} and (tag == "li" or not self._lists):
            self._flush()
            self._gap = not self._lists
        elif tag == "a" and self._links:
            url, start = self._links.pop()
            mark = self._mark(url, self._line[start:])
            self._line += f" {mark}" if mark else ""
        elif tag == "code":
            self._line += "`"

    def handle_data(self, data: str) -> None:
        """Words; white space between blocks is none."""
        if data.strip() or self._line.strip():
            self._line += self._words(data)

    def close(self) -> None:
        """The end of the rich text."""
        super().close()
        self._flush()

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}. "

    def _flush(self) -> bool:
        line, self._line = self._line, ""
        if not line.strip():
            return False
        self.paragraphs.append((self._gap, line.rstrip()))
        self._gap = False
        return True
