"""A box beside the text: a note, a warning, an appeal."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.common.text import is_blank
from masthead.issues.blocks.base import Block, Medium, TextMedium, is_wordless

#: What a box may be: calm, urgent, or asking for something.
TONES = ("note", "warning", "appeal")


@dataclass(frozen=True)
class CalloutBlock(Block):
    """`html` is rich text, `title` a plain line, `tone` one of `TONES`; an unknown tone is shown as "note"."""

    html: str
    title: str = ""
    tone: str = "note"

    @property
    def is_empty(self) -> bool:
        """Without title and words."""
        return is_wordless(self.html) and is_blank(self.title)

    def web(self, medium: Medium) -> SafeString:
        """An `aside`."""
        title = format_html('<p class="callout-title">{}</p>', medium.words(self.title)) if self.title else ""
        return format_html(
            '<aside class="callout callout-{}"{}>{}{}</aside>', self._tone, self.attributes, title, medium.rich(self.html)
        )

    def mail(self, medium: Medium) -> SafeString:
        """A table of one cell: the only box that classic Outlook fills."""
        title = format_html('<p class="callout-title">{}</p>', medium.words(self.title)) if self.title else ""
        return format_html(
            '<table role="presentation" class="callout" cellpadding="0" cellspacing="0" border="0" width="100%"><tr>'
            '<td class="callout-{} {}"{}>{}{}</td></tr></table>',
            self._tone,
            self.dir or medium.dir,
            self.attributes,
            title,
            medium.rich(self.html),
        )

    def text(self, medium: TextMedium) -> list[str]:
        """Between two rules."""
        title = medium.wrap(medium.words(self.title)) if self.title else []
        return ["-" * 24, *title, *medium.rich(self.html), "-" * 24]

    @property
    def _tone(self) -> str:
        return self.tone if self.tone in TONES else "note"
