"""A heading inside the issue: level 2 or 3, below the headline."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.common.text import display_width, is_blank
from masthead.issues.blocks.base import Block, Medium, TextMedium, classes


@dataclass(frozen=True)
class HeadingBlock(Block):
    """`title` is plain text; `level` is 2 or 3, any other is shown as the nearer of the two."""

    title: str
    level: int = 2

    @property
    def is_empty(self) -> bool:
        """Without words."""
        return is_blank(self.title)

    @property
    def element(self) -> str:
        """The element's name."""
        return "h3" if self.level >= 3 else "h2"

    def web(self, medium: Medium) -> SafeString:
        """A heading that can be linked to."""
        return format_html(
            '<{0} id="{1}"{2}>{3}</{0}>', self.element, medium.anchor(self.title), self.attributes, medium.words(self.title)
        )

    def mail(self, medium: Medium) -> SafeString:
        """A heading without an id: anchors inside a mail fail in Gmail on iOS."""
        return format_html("<{0}{1}{2}>{3}</{0}>", self.element, classes(self.dir), self.attributes, medium.words(self.title))

    def text(self, medium: TextMedium) -> list[str]:
        """Underlined as wide as it shows: = for level 2, - for level 3."""
        lines = medium.wrap(medium.words(self.title))
        longest = max((display_width(line.rstrip()) for line in lines), default=0)
        return [*lines, ("-" if self.element == "h3" else "=") * longest]
