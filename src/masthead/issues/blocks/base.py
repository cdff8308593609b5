"""What all blocks share: the value's two options, and the medium a block writes itself into."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from html import unescape
from typing import Protocol

from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from masthead.common.text import direction_of, is_blank
from masthead.issues.picture import Picture


class Medium(Protocol):
    """What a block asks of the web page or the mail it becomes part of. What returns SafeString is escaped HTML."""

    #: "ltr" or "rtl": the direction of the issue.
    dir: str

    def rich(self, html: str) -> SafeString:
        """Rich text, sanitised: paragraphs and lists, note marks and merge fields resolved."""

    def words(self, text: str) -> SafeString:
        """A line of plain text: escaped, note marks and merge fields resolved."""

    def fixed(self, text: str) -> str:
        """A line for an attribute: no note marks, merge fields replaced by their fallback. Not yet escaped."""

    def link(self, url: str, text: str) -> str:
        """The absolute address that `url` may have here, "" if it may not be linked; noted among the links under `text`."""

    def anchor(self, text: str) -> str:
        """An id for a heading, unique in this article."""

    def picture(self, picture: Picture) -> SafeString:
        """The `img` of a picture."""


class TextMedium(Protocol):
    """What a block asks of the plain text it becomes part of. Lines come back without their line ends."""

    def rich(self, html: str, *, width: int = 72) -> list[str]:
        """Rich text as wrapped lines, an empty line between paragraphs."""

    def words(self, text: str) -> str:
        """A line of plain text: note marks as ^1, merge fields as marks."""

    def wrap(self, words: str, *, width: int = 72) -> list[str]:
        """What `words()` returned, as lines of at most `width` columns that flow (RFC 3676)."""

    def verbatim(self, line: str) -> str:
        """A line to keep as it is."""

    def link(self, url: str, text: str) -> str:
        """The absolute address that `url` may have here, "" if it may not be linked; noted among the links under `text`."""

    def mark(self, url: str, text: str) -> str:
        """`[1]` for a link whose address stands in the list of links; "" if it may not be linked."""


def is_wordless(html: str) -> bool:
    """Whether rich text has nothing to read."""
    return is_blank(unescape(strip_tags(html)))


def classes(*names: str) -> SafeString:
    """` class="…"` of the names that are not empty, or nothing."""
    kept = " ".join(filter(None, names))
    return format_html(' class="{}"', kept) if kept else SafeString("")


#: Marks what came later: unless it says something, it counts for no digest, so that an upgrade makes nothing ready unready.
SILENT = {"silent": True}


@dataclass(frozen=True, kw_only=True)
class Block(ABC):
    """One block of a body.

    `lang` (BCP 47) where the block is in another language than the issue; its direction follows. `only` is "mail" or "web" for
    a block that the other does not show; the text part is mail, the feed is web. `show_if` is a condition on a reader's
    attributes (`rendering.conditions`), for mail only: web page and feed leave such a block out.
    """

    lang: str = ""
    only: str = field(default="", metadata=SILENT)
    show_if: str = ""

    @property
    def in_mail(self) -> bool:
        """Whether mails show it, to those who fulfil its condition."""
        return self.only != "web" and not self.is_empty

    @property
    def on_web(self) -> bool:
        """Whether page and feed show it."""
        return self.only != "mail" and not self.show_if and not self.is_empty

    @property
    def is_empty(self) -> bool:
        """Whether nobody has filled it in: then it is left out everywhere, without its box, its rule or its bullet."""
        return False

    @property
    def dir(self) -> str:
        """The direction of `lang`, "ltr" or "rtl"; empty without one."""
        return direction_of(self.lang) if self.lang else ""

    @property
    def attributes(self) -> SafeString:
        """` lang="…" dir="…"` for the block's outermost element, or nothing."""
        return format_html(' lang="{}" dir="{}"', self.lang, self.dir) if self.lang else SafeString("")

    @abstractmethod
    def web(self, medium: Medium) -> SafeString:
        """HTML for the article on the web and in the feed."""

    @abstractmethod
    def mail(self, medium: Medium) -> SafeString:
        """HTML for the mail: what classic Outlook and Gmail understand, styled by the mail's style sheet."""

    @abstractmethod
    def text(self, medium: TextMedium) -> list[str]:
        """Lines of plain text."""
