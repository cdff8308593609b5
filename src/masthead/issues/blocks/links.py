"""A list of things to read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from masthead.common.text import is_blank
from masthead.issues.blocks.base import Block, Medium, TextMedium, classes


@dataclass(frozen=True, kw_only=True)
class LinkItem:
    """One recommendation, all plain text: `source` is where it appeared, `blurb` why to read it."""

    title: str
    url: str
    source: str = ""
    blurb: str = ""


@dataclass(frozen=True)
class LinksBlock(Block):
    """The items in their order."""

    items: tuple[LinkItem, ...]

    @property
    def is_empty(self) -> bool:
        """Without an item that has words."""
        return not self._named

    def web(self, medium: Medium) -> SafeString:
        """An unordered list."""
        return self._list(medium, classes("links"))

    def mail(self, medium: Medium) -> SafeString:
        """The same list."""
        return self._list(medium, classes("links", self.dir))

    def text(self, medium: TextMedium) -> list[str]:
        """A numbered list, each address among the links."""
        lines: list[str] = []
        for number, item in enumerate(self._named, 1):
            source = f", {medium.words(item.source)}" if item.source else ""
            mark = medium.mark(item.url, item.title)
            lines += medium.wrap(f"{number}. {medium.words(item.title)}{source}{' ' + mark if mark else ''}")
            lines += medium.wrap(medium.words(item.blurb)) if item.blurb else []
        return lines

    @property
    def _named(self) -> tuple[LinkItem, ...]:
        """The items of which there is something to read."""
        return tuple(item for item in self.items if not is_blank(item.title + item.source + item.blurb))

    def _list(self, medium: Medium, named: SafeString) -> SafeString:
        items = format_html_join("", "<li>{}</li>", ((self._item(item, medium),) for item in self._named))
        return format_html("<ul{}{}>{}</ul>", named, self.attributes, items)

    @staticmethod
    def _item(item: LinkItem, medium: Medium) -> SafeString:
        url = medium.link(item.url, item.title)
        title = format_html('<a href="{}">{}</a>', url, medium.words(item.title)) if url else medium.words(item.title)
        source = format_html(' <span class="source">{}</span>', medium.words(item.source)) if item.source else ""
        blurb = format_html('<br><span class="blurb">{}</span>', medium.words(item.blurb)) if item.blurb else ""
        return format_html("{}{}{}", title, source, blurb)
