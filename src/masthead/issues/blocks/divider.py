"""A pause between two parts; or the place where an excerpt mail ends."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.issues.blocks.base import Block, Medium, TextMedium


@dataclass(frozen=True)
class DividerBlock(Block):
    """With `mail_ends`, excerpt mails hold what stands above it and link to the rest; readers do not see it otherwise."""

    mail_ends: bool = False

    def web(self, medium: Medium) -> SafeString:
        """A rule, or the target of "Continue reading"."""
        return SafeString('<div id="more"></div>' if self.mail_ends else "<hr>")

    def mail(self, medium: Medium) -> SafeString:
        """A short rule."""
        if self.mail_ends:
            return SafeString("")
        return format_html(
            '<table role="presentation" class="rule" cellpadding="0" cellspacing="0" border="0" width="100%"><tr>'
            '<td class="rule">{}</td></tr></table>',
            SafeString('<span class="asterism">* &nbsp; * &nbsp; *</span>'),
        )

    def text(self, medium: TextMedium) -> list[str]:
        """Three asterisks."""
        return [] if self.mail_ends else ["* * *"]
