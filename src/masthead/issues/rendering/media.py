"""The two media made of HTML that blocks write themselves into: the web page and the mail."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from masthead.common import urls
from masthead.common.text import digits, printable
from masthead.issues.content import Content, Picture
from masthead.issues.rendering.inline import HtmlWriter
from masthead.issues.rendering.links import Links
from masthead.issues.rendering.merge import Slots, guard, with_fallbacks, with_marks
from masthead.issues.rendering.notes import Mark, Notes, without_marks

#: Pixels between the paddings of the mail.
MAIL_COLUMN = 536


class HtmlMedium(ABC):
    """What web page and mail have in common. Implements `blocks.base.Medium`."""

    def __init__(self, content: Content, links: Links) -> None:
        self.content = content
        self.dir = content.dir
        self.links = links
        self.notes = Notes.of(content.notes)
        self._anchors: set[str] = {"more"}

    def rich(self, html: str) -> SafeString:
        """Rich text, sanitised: note marks and merge fields resolved, loose words in paragraphs."""
        writer = HtmlWriter(words=self.words, link=lambda url: self.link(url, ""))
        writer.read(html)
        for url, text in writer.linked:
            self.links.name(url, text)
        return writer.html()

    def words(self, text: str) -> SafeString:
        """A line of plain text: escaped, note marks and merge fields resolved."""
        pieces = self.notes.pieces(printable(text))
        # Safe: note marks are made by format_html, words are escaped by `_merged`.
        return mark_safe("".join(self.note_mark(piece) if isinstance(piece, Mark) else self.merged(piece) for piece in pieces))  # noqa: S308

    def fixed(self, text: str) -> str:
        """A line for an attribute: no note marks, merge fields replaced by their fallback. Not yet escaped."""
        return guard(with_fallbacks(without_marks(printable(text))))

    def link(self, url: str, text: str) -> str:
        """The absolute address that `url` may have here, "" if it may not be linked."""
        return self.links.add(url, text)

    def anchor(self, text: str) -> str:
        """An id made of the heading's words, unique in this article."""
        wanted = re.sub(r"[^\w]+", "-", self.fixed(text).casefold()).strip("-_")[:60] or "part"
        name, again = wanted, 1
        while name in self._anchors:
            again += 1
            name = f"{wanted}-{again}"
        self._anchors.add(name)
        return name

    @abstractmethod
    def picture(self, picture: Picture) -> SafeString:
        """The `img` of a picture."""

    @abstractmethod
    def merged(self, text: str) -> str:
        """`text` escaped, with its merge fields."""

    @abstractmethod
    def note_mark(self, mark: Mark) -> str:
        """The raised number that leads to a note."""

    def _note_number(self, number: int) -> str:
        return digits(number, self.content.language)


class WebMedium(HtmlMedium):
    """The article on the web. Nobody in particular reads it: merge fields are their fallbacks.

    Our own pictures and files are named from the root of the host: the policy of the page lets it show only those of its own
    host, and that may be another than the publication's address, behind a tunnel or on the machine itself.
    """

    def link(self, url: str, text: str) -> str:
        """As everywhere, but to our own files from the root of the host."""
        return self.local(super().link(url, text))

    def local(self, url: str) -> str:
        """`url` as this medium names what it shows: a file of ours from the root of the host."""
        return urls.local_file(url, base=self.content.masthead.base_url)

    def picture(self, picture: Picture) -> SafeString:
        """An image that loads when it is near, in the size the screen needs."""
        url = self.links.resolve(picture.url)
        if not url:
            return format_html("{}", self.fixed(picture.spoken))
        sources = ", ".join(f"{self.local(source.url)} {source.width}w" for source in picture.sources)
        sizes = format_html(' srcset="{}" sizes="(min-width: 44rem) 42rem, 100vw"', sources) if sources else ""
        return format_html(
            '<img src="{}"{} width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
            self.local(url),
            sizes,
            picture.width,
            picture.height,
            self.fixed(picture.spoken),
        )

    def merged(self, text: str) -> str:
        """Fallbacks instead of merge fields."""
        return escape(with_fallbacks(text))

    def fixed(self, text: str) -> str:
        """As in the mail, but nothing here is filled, so braces need no guard."""
        return with_fallbacks(without_marks(printable(text)))

    def note_mark(self, mark: Mark) -> str:
        """A link to the note below and the place the note leads back to."""
        return format_html(
            '<sup class="note-mark"><a href="#note-{}" id="{}" role="doc-noteref">{}</a></sup>',
            mark.number,
            mark.ref,
            self._note_number(mark.number),
        )


class FeedMedium(WebMedium):
    """The article in a feed reader: no ids of ours, notes lead to the web page, and every address has its host."""

    def local(self, url: str) -> str:
        """`url` itself: a feed is read anywhere."""
        return url

    def picture(self, picture: Picture) -> SafeString:
        """A plain image."""
        url = self.links.resolve(picture.url)
        if not url:
            return format_html("{}", self.fixed(picture.spoken))
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="{}">',
            url,
            picture.width,
            picture.height,
            self.fixed(picture.spoken),
        )

    def note_mark(self, mark: Mark) -> str:
        """A raised number; feed readers share one page among many articles, so anchors would collide."""
        return format_html(
            '<sup><a href="{}#note-{}">{}</a></sup>', self.content.url, mark.number, self._note_number(mark.number)
        )


class MailMedium(HtmlMedium):
    """The mail. Merge fields are marks that delivery fills."""

    def __init__(self, content: Content, links: Links, slots: Slots) -> None:
        super().__init__(content, links)
        self.slots = slots

    def picture(self, picture: Picture) -> SafeString:
        """An image with its shown size in attributes, for Outlook, and fluid for all others."""
        url = self.links.resolve(picture.url)
        if not url:
            return format_html("{}", self.fixed(picture.spoken))
        width = min(picture.width, MAIL_COLUMN)
        height = max(1, round(picture.height * width / max(1, picture.width)))
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="{}" style="max-width:{}px">',
            url,
            width,
            height,
            self.fixed(picture.spoken),
            width,
        )

    def merged(self, text: str) -> str:
        """Marks for merge fields."""
        return with_marks(text, self.slots, literal=escape)

    def note_mark(self, mark: Mark) -> str:
        """A link to the note on the web page: anchors inside a mail fail in Gmail on iOS."""
        number = self._note_number(mark.number)
        # With blocks that page and mail do not share, the page may count its notes otherwise.
        if self.content.visibility == "mail_only" or not all(block.in_mail == block.on_web for block in self.content.body):
            return format_html('<sup class="note">{}</sup>', number)
        return format_html('<sup class="note"><a href="{}#note-{}">{}</a></sup>', self.content.url, mark.number, number)
