"""A document to download."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.issues.blocks.base import Block, Medium, TextMedium, classes


@dataclass(frozen=True)
class FileBlock(Block):
    """`label` is plain text, `kind` as people say it ("PDF"), `size` in bytes. `attach` sends it along with the mail."""

    label: str
    url: str
    kind: str = ""
    size: int = 0
    attach: bool = False

    def web(self, medium: Medium) -> SafeString:
        """A link with kind and size."""
        return format_html('<p class="file"{}>{}</p>', self.attributes, self._line(medium))

    def mail(self, medium: Medium) -> SafeString:
        """The same."""
        return format_html("<p{}{}>{}</p>", classes("file", self.dir), self.attributes, self._line(medium))

    def text(self, medium: TextMedium) -> list[str]:
        """The label with kind and size, the address below."""
        url = medium.link(self.url, self.label)
        return [*medium.wrap(" ".join(filter(None, [medium.words(self.label), self._facts]))), *([url] if url else [])]

    def _line(self, medium: Medium) -> SafeString:
        url = medium.link(self.url, self.label)
        label = medium.words(self.label)
        linked = format_html('<a href="{}">{}</a>', url, label) if url else label
        return format_html('{} <span class="source">{}</span>', linked, self._facts) if self._facts else linked

    @property
    def _facts(self) -> str:
        facts = ", ".join(filter(None, [self.kind, filesizeformat(self.size) if self.size else ""]))
        return f"({facts})" if facts else ""
