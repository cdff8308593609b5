"""Something that plays elsewhere: shown as a still picture and a link, because mail runs no player and pages load none."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from masthead.common.text import is_blank
from masthead.issues.blocks.base import Block, Medium, TextMedium, classes
from masthead.issues.picture import Picture


@dataclass(frozen=True)
class EmbedBlock(Block):
    """`title` is plain text; `still` is our own copy of the picture, never the provider's."""

    url: str
    title: str
    still: Picture | None = None

    @property
    def is_empty(self) -> bool:
        """Without title and picture: nothing says what it is."""
        return is_blank(self.title) and self.still is None

    def web(self, medium: Medium) -> SafeString:
        """A `figure` that links."""
        url = medium.link(self.url, self.title)
        title = format_html("<figcaption>{}</figcaption>", self._title(url, medium))
        return format_html('<figure class="embed"{}>{}{}</figure>', self.attributes, self._still(url, medium), title)

    def mail(self, medium: Medium) -> SafeString:
        """The still picture and the title, both linked."""
        url = medium.link(self.url, self.title)
        return format_html(
            '<div{}{}>{}<p class="embed">{}</p></div>',
            classes("figure", self.dir),
            self.attributes,
            self._still(url, medium),
            self._title(url, medium),
        )

    def text(self, medium: TextMedium) -> list[str]:
        """The title, the address below."""
        url = medium.link(self.url, self.title)
        return [*medium.wrap(medium.words(self.title)), *([url] if url else [])]

    def _still(self, url: str, medium: Medium) -> SafeString:
        if self.still is None:
            return SafeString("")
        picture = medium.picture(self.still)
        return format_html('<a href="{}">{}</a>', url, picture) if url else picture

    def _title(self, url: str, medium: Medium) -> SafeString:
        words = medium.words(self.title)
        return format_html('<a href="{}">\N{BLACK RIGHT-POINTING TRIANGLE}\ufe0e {}</a>', url, words) if url else words
