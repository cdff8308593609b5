"""A button: the one thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.common.text import is_blank
from masthead.issues.blocks.base import Block, Medium, TextMedium


@dataclass(frozen=True)
class ButtonBlock(Block):
    """`label` is plain text. Without an address that may be linked, the label stays as a line."""

    label: str
    url: str

    @property
    def is_empty(self) -> bool:
        """Without words."""
        return is_blank(self.label)

    def web(self, medium: Medium) -> SafeString:
        """A link that looks like a button."""
        url = medium.link(self.url, self.label)
        if not url:
            return format_html("<p{}>{}</p>", self.attributes, medium.words(self.label))
        return format_html('<p{}><a class="button" href="{}">{}</a></p>', self.attributes, url, medium.words(self.label))

    def mail(self, medium: Medium) -> SafeString:
        """A padded link in a coloured cell."""
        url = medium.link(self.url, self.label)
        if not url:
            return format_html("<p{}>{}</p>", self.attributes, medium.words(self.label))
        return bulletproof(url=url, label=medium.words(self.label), attributes=self.attributes)

    def text(self, medium: TextMedium) -> list[str]:
        """The label, the address below."""
        url = medium.link(self.url, self.label)
        return [*medium.wrap(medium.words(self.label)), *([url] if url else [])]


def bulletproof(*, url: str, label: SafeString, attributes: str | SafeString = "") -> SafeString:
    """A button that stays one without pictures, without a style sheet and in Outlook: the cell has the colour, too."""
    return format_html(
        '<table role="presentation" class="button" cellpadding="0" cellspacing="0" border="0"{}><tr><td class="button m-button">'
        '<a class="button" href="{}">{}</a></td></tr></table>',
        attributes,
        url,
        label,
    )
