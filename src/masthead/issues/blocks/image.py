"""A picture with caption and credit."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from masthead.issues.blocks.base import Block, Medium, TextMedium, classes
from masthead.issues.picture import Picture


@dataclass(frozen=True)
class ImageBlock(Block):
    """`caption` and `credit` are plain lines; `link` is where a click on the picture leads."""

    picture: Picture
    caption: str = ""
    credit: str = ""
    link: str = ""

    def web(self, medium: Medium) -> SafeString:
        """A `figure`."""
        words = self._words(medium)
        caption = format_html("<figcaption>{}</figcaption>", words) if words else ""
        return format_html('<figure class="picture"{}>{}{}</figure>', self.attributes, self._linked(medium), caption)

    def mail(self, medium: Medium) -> SafeString:
        """The picture with its size written out, the caption below."""
        words = self._words(medium)
        caption = format_html('<p class="caption">{}</p>', words) if words else ""
        return format_html("<div{}{}>{}{}</div>", classes("figure", self.dir), self.attributes, self._linked(medium), caption)

    def text(self, medium: TextMedium) -> list[str]:
        """What it shows, in brackets; nothing for decoration without a caption."""
        lines: list[str] = []
        if self.picture.spoken:
            lines += medium.wrap("[" + _("Image: %(alt)s") % {"alt": medium.words(self.picture.spoken)} + "]")
        caption = " ".join(part for part in (medium.words(self.caption), self._credit(medium.words(self.credit))) if part)
        if caption:
            lines += medium.wrap(caption)
        if self.link:
            mark = medium.mark(self.link, self.caption or self.picture.spoken)
            lines += [mark] if mark else []
        return lines

    def _linked(self, medium: Medium) -> SafeString:
        url = medium.link(self.link, self.caption or self.picture.spoken) if self.link else ""
        picture = medium.picture(self.picture)
        return format_html('<a href="{}">{}</a>', url, picture) if url else picture

    def _words(self, medium: Medium) -> SafeString:
        caption = medium.words(self.caption) if self.caption else SafeString("")
        if not self.credit:
            return caption
        credit = format_html('<span class="credit">{}</span>', self._credit(medium.words(self.credit)))
        return format_html("{} {}", caption, credit) if caption else credit

    @staticmethod
    def _credit(credit: str) -> str:
        return (
            format_html(_("Picture: {}"), credit)
            if isinstance(credit, SafeString)
            else credit and _("Picture: {}").format(credit)
        )
