"""The plain text of an issue, from its blocks: 72 columns, flowing (RFC 3676), notes and links at the end.

An address stands alone on its line and is never broken. Nothing is padded or mirrored for right-to-left scripts: the reader's
program orders the characters.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from masthead.common.sharing import share_links
from masthead.common.text import display_width, printable, stuffed, wrap
from masthead.issues.blocks.base import Block
from masthead.issues.content import Content
from masthead.issues.rendering import wording
from masthead.issues.rendering.conditions import CLOSING, opening
from masthead.issues.rendering.excerpt import excerpt_body
from masthead.issues.rendering.inline import TextWriter
from masthead.issues.rendering.links import Links
from masthead.issues.rendering.merge import Slots, guard, unguard_text, with_marks
from masthead.issues.rendering.notes import Mark, Notes

WIDTH = 72


class PlainMedium:
    """What blocks write themselves into. Implements `blocks.base.TextMedium`."""

    def __init__(self, content: Content, slots: Slots) -> None:
        self.notes = Notes.of(content.notes)
        self.links = Links(content.url)
        self.slots = slots

    def rich(self, html: str, *, width: int = WIDTH) -> list[str]:
        """Rich text as wrapped lines, an empty line between paragraphs."""
        writer = TextWriter(words=self.words, mark=self.mark)
        writer.read(html)
        lines: list[str] = []
        for gap, words in writer.paragraphs:
            indent = words[: len(words) - len(words.lstrip())]
            wrapped = wrap(words, width=width)
            lines += [""] if gap and lines else []
            lines += [stuffed(indent + wrapped[0]), *map(stuffed, wrapped[1:])]
        return lines

    def words(self, text: str) -> str:
        """A line of plain text: note marks as ^1, merge fields as marks."""
        pieces = self.notes.pieces(printable(text))
        joined = "".join(f"^{piece.number}" if isinstance(piece, Mark) else with_marks(piece, self.slots) for piece in pieces)
        return joined.replace("\n", " ")

    def wrap(self, words: str, *, width: int = WIDTH) -> list[str]:
        """What `words()` returned, as lines that flow."""
        return [stuffed(line) for line in wrap(words, width=width)]

    def verbatim(self, line: str) -> str:
        """A line to keep as it is: only without a space at its end, which would make it flow."""
        return stuffed(self.words(line).rstrip())

    def link(self, url: str, text: str) -> str:
        """The absolute address that `url` may have here, "" if it may not be linked. It stands where the block puts it."""
        return self.links.resolve(url)

    def mark(self, url: str, text: str) -> str:
        """`[1]`, its address in the list of links; "" if it may not be linked or the text is the address."""
        resolved = self.links.resolve(url)
        if not resolved or resolved.removeprefix("mailto:") == text.strip():
            return ""
        self.links.add(url, text)
        return f"[{self.links.numbers[resolved]}]"


def plain_text(content: Content, *, slots: Slots, full: bool) -> str:
    """The text part. Lines end with LF; the mail's serialiser makes CRLF of them and encodes spaces at their ends."""
    medium = PlainMedium(content, slots)
    parts = [_masthead(content), _headline(content, medium)]
    if full:
        parts += [_body(content.body, medium)]
    else:
        kept = excerpt_body(content)
        parts += [_body(kept, medium)] if kept else [medium.wrap(medium.words(content.excerpt))]
        parts += [
            [_("Continue reading No. %(label)s:") % {"label": guard(wording.label(content))}, wording.continue_url(content)]
        ]
    parts += [_notes(medium), _links(medium), _share(content)]
    lines = [*_joined(parts), "", *_foot(content)]
    return unguard_text("\n".join(lines) + "\n")


def _masthead(content: Content) -> list[str]:
    masthead = content.masthead
    rule = "=" * min(WIDTH, max(display_width(masthead.name), 24))
    issn = f"ISSN {wording.one_line(masthead.issn)}" if masthead.issn else ""
    facts = " · ".join(filter(None, [wording.numbered(content), wording.dated(content), issn]))
    named = [wording.one_line(line) for line in (masthead.name, masthead.tagline, masthead.line) if line]
    return [*_plain(map(guard, named)), *_plain([guard(facts)]), rule]


def _headline(content: Content, medium: PlainMedium) -> list[str]:
    byline = wording.byline(content)
    lines = medium.wrap(medium.words(content.title))
    lines += _plain([guard(byline)]) if byline else []
    if content.correction_note:
        lines += ["", *medium.wrap(f"{wording.corrected(content)} {medium.words(content.correction_note)}")]
        lines += [content.as_sent_url] if content.as_sent_url else []
    return lines


def _body(blocks: Iterable[Block], medium: PlainMedium) -> list[str]:
    return _joined(_under_its_condition(block, block.text(medium)) for block in blocks if block.in_mail)


def _under_its_condition(block: Block, lines: list[str]) -> list[str]:
    """The lines between the marks of their condition, which stand beside words and take no lines of their own."""
    if not block.show_if or not lines:
        return lines
    first, *rest = [opening(block.show_if) + lines[0], *lines[1:]]
    return [first, *rest[:-1], rest[-1] + CLOSING] if rest else [first + CLOSING]


def _notes(medium: PlainMedium) -> list[str]:
    lines: list[str] = []
    written = 0
    while written < len(used := medium.notes.used()):
        number, note, _times = used[written]
        words = medium.rich(note.html)
        if written == 0:
            lines += [_("Notes"), "-" * max(1, display_width(_("Notes"))), ""]
        first = f"^{number} {words[0].rstrip()}" if words else f"^{number}"
        flows = bool(words) and words[0].endswith(" ")
        lines += [first + (" " if flows else ""), *words[1:]]
        written += 1
    return lines


def _links(medium: PlainMedium) -> list[str]:
    return [f"[{number}] {url}" for url, number in medium.links.numbers.items()]


def _share(content: Content) -> list[str]:
    lines: list[str] = []
    if content.visibility == "public":
        for link in share_links(content.masthead.share_mail, url=content.url, title=wording.plain_title(content)):
            if link.url.startswith("https:"):
                lines += [_("Share on %(network)s:") % {"network": link.label}, link.url]
    if content.visibility != "mail_only":
        lines += [_("View on the web:"), "{{view_url}}"]
    return [*lines, _("Forwarded to you? Subscribe:"), "{{subscribe_url}}"]


def _foot(content: Content) -> list[str]:
    return [
        "-- ",
        *_plain(
            [
                _("You receive %(publication)s at %(address)s.")
                % {"publication": guard(wording.one_line(content.masthead.name)), "address": "{{address_masked}}"}
            ]
        ),
        _("Preferences:"),
        "{{preferences_url}}",
        _("Unsubscribe:"),
        "{{unsubscribe_url}}",
        *([""] if content.masthead.footer else []),
        *_plain(guard(printable(content.masthead.footer)).strip().splitlines()),
        *([""] if content.masthead.imprint else []),
        *_plain(guard(printable(content.masthead.imprint)).splitlines()),
    ]


def _plain(lines: Iterable[str]) -> list[str]:
    return [wrapped for line in lines for wrapped in map(stuffed, wrap(line) or [""])]


def _joined(parts: Iterable[list[str]]) -> list[str]:
    """The parts that have lines, an empty line between them."""
    lines: list[str] = []
    for part in parts:
        if part:
            lines += [""] if lines else []
            lines += part
    return lines
