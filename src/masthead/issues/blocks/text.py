"""Prose: paragraphs and lists with bold, italic, links, superscript, subscript and inline code."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.issues.blocks.base import Block, Medium, TextMedium, is_wordless


@dataclass(frozen=True)
class TextBlock(Block):
    """`html` is rich text; what the allow-list of `rendering.inline` does not know is dropped, its words stay."""

    html: str

    @property
    def is_empty(self) -> bool:
        """Without words."""
        return is_wordless(self.html)

    def web(self, medium: Medium) -> SafeString:
        """Paragraphs and lists as they are."""
        inner = medium.rich(self.html)
        return format_html("<div{}>{}</div>", self.attributes, inner) if self.lang else inner

    def mail(self, medium: Medium) -> SafeString:
        """The same; a block of the other direction is aligned to its own side."""
        inner = medium.rich(self.html)
        return format_html('<div class="{}"{}>{}</div>', self.dir, self.attributes, inner) if self.lang else inner

    def text(self, medium: TextMedium) -> list[str]:
        """Wrapped, links as [1]."""
        return medium.rich(self.html)
