"""Verse: lines that must break where they break. Or code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from masthead.common.text import is_blank
from masthead.issues.blocks.base import Block, Medium, TextMedium

_INDENT = re.compile(r"^[ \t]+")


@dataclass(frozen=True)
class VerseBlock(Block):
    """`lines` is plain text with its line breaks; an empty line separates stanzas. `code` keeps every space."""

    lines: str
    code: bool = False

    @property
    def is_empty(self) -> bool:
        """Without words."""
        return is_blank(self.lines)

    def web(self, medium: Medium) -> SafeString:
        """One paragraph a stanza; code in `pre`."""
        if self.code:
            return format_html('<pre{} dir="ltr"><code>{}</code></pre>', self._lang, medium.fixed(self.lines.rstrip()))
        return format_html('<div class="verse"{}>{}</div>', self.attributes, self._stanzas(medium))

    def mail(self, medium: Medium) -> SafeString:
        """The same: line breaks are `br`, indents are no-break spaces."""
        if self.code:
            return format_html('<pre class="ltr"{} dir="ltr">{}</pre>', self._lang, medium.fixed(self.lines.rstrip()))
        return format_html('<div class="verse {}"{}>{}</div>', self.dir or medium.dir, self.attributes, self._stanzas(medium))

    def text(self, medium: TextMedium) -> list[str]:
        """As it is, not wrapped."""
        return [medium.verbatim(line) for line in self.lines.rstrip().splitlines()]

    @property
    def _lang(self) -> SafeString:
        return format_html(' lang="{}"', self.lang) if self.lang else SafeString("")

    def _stanzas(self, medium: Medium) -> SafeString:
        stanzas = re.split(r"\n\s*\n", self.lines.strip("\r\n").replace("\r\n", "\n").replace("\r", "\n"))
        return format_html_join(
            "", "<p>{}</p>", ((self._lines(stanza.strip("\n"), medium),) for stanza in stanzas if stanza.strip())
        )

    @staticmethod
    def _lines(stanza: str, medium: Medium) -> SafeString:
        indented = (
            _INDENT.sub(lambda found: "\N{NO-BREAK SPACE}" * len(found[0].expandtabs(4)), line) for line in stanza.split("\n")
        )
        return format_html_join(SafeString("<br>"), "{}", ((medium.words(line.rstrip()),) for line in indented))
