"""A quotation, or a pulled quote that repeats the best sentence in large letters."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.common.text import is_blank
from masthead.issues.blocks.base import Block, Medium, TextMedium, is_wordless


@dataclass(frozen=True)
class QuoteBlock(Block):
    """`html` is rich text, `source` a plain line: who said or wrote it."""

    html: str
    source: str = ""
    pull: bool = False

    @property
    def is_empty(self) -> bool:
        """Without words and source."""
        return is_wordless(self.html) and is_blank(self.source)

    def web(self, medium: Medium) -> SafeString:
        """A `blockquote` with its source."""
        source = format_html("<footer><cite>{}</cite></footer>", medium.words(self.source)) if self.source else ""
        name = "pull" if self.pull else "quote"
        return format_html('<blockquote class="{}"{}>{}{}</blockquote>', name, self.attributes, medium.rich(self.html), source)

    def mail(self, medium: Medium) -> SafeString:
        """The same, ruled on the side where its lines start."""
        source = format_html('<p class="source">— {}</p>', medium.words(self.source)) if self.source else ""
        name = "pull" if self.pull else "quote"
        return format_html(
            '<blockquote class="{} {}"{}>{}{}</blockquote>',
            name,
            self.dir or medium.dir,
            self.attributes,
            medium.rich(self.html),
            source,
        )

    def text(self, medium: TextMedium) -> list[str]:
        """Behind `> `, as mail quotes."""
        lines = medium.rich(self.html, width=70)
        if self.source:
            lines += medium.wrap("— " + medium.words(self.source), width=70)
        return [f"> {line}" if line else ">" for line in lines]
