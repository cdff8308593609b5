"""What no issue can go out without, and what is too heavy to arrive."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from masthead.common.text import is_blank
from masthead.issues.findings.base import Facts, Finding
from masthead.issues.publications import is_loopback

#: Gmail cuts a mail off near 102 kB of HTML; links as they are sent are a little longer than marks.
MOST_HTML = 100_000
MUCH_HTML = 80_000
MUCH_WEIGHT = 1_500_000
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


def missing(facts: Facts) -> Iterator[Finding]:
    """Title, number, sender, imprint."""
    if is_blank(facts.content.title):
        yield Finding("title-missing", "block", _("headline"), _("The issue has no title."), _("Give it a headline."))
    if facts.number_problem:
        yield Finding("number", "block", _("number"), facts.number_problem)
    if not facts.content.language:
        yield Finding("language-missing", "block", _("language"), _("The issue has no language."), _("Choose one."))
    if not facts.from_address:
        yield Finding(
            "from-missing", "block", _("publication"), _("There is no sender address."), _("Set it in the publication.")
        )
    if not facts.content.masthead.imprint.strip():
        yield Finding(
            "imprint-missing",
            "block",
            _("publication"),
            _("The imprint is empty, and every mail must say who sends it."),
            _("Write name and postal address into the publication."),
        )
    if all(block.is_empty for block in facts.content.body):
        yield Finding("body-empty", "warn", _("text"), _("The issue has no text."), _("Add a block."))


def number_order(facts: Facts) -> Iterator[Finding]:
    """A planned number that leaves a gap or is out of date order."""
    if facts.number_gap:
        yield Finding("number-gap", "warn", _("number"), facts.number_gap, _("Leave the planned number empty for the next one."))


def files(facts: Facts) -> Iterator[Finding]:
    """Pictures and documents that cannot be shown."""
    for place, sentence in facts.asset_problems:
        yield Finding("file", "block", place, sentence, _("Replace it or remove the block."))


def rendering(facts: Facts) -> Iterator[Finding]:
    """Content the renderer refused, and what must be in what it made."""
    if facts.render_problem:
        yield Finding("render", "block", _("text"), facts.render_problem)
    if facts.rendered is None:
        return
    for html in (facts.rendered.mail_html_full, facts.rendered.mail_html_excerpt):
        if fault := _fault(html):
            yield Finding("html", "block", _("mail"), _("The HTML of the mail is not well formed: %(fault)s.") % {"fault": fault})
    parts = {
        _("mail"): (facts.rendered.mail_html_full, facts.rendered.mail_html_excerpt),
        _("text part"): (facts.rendered.text_full, facts.rendered.text_excerpt),
    }
    for place, variants in parts.items():
        if any("{{unsubscribe_url}}" not in part for part in variants):
            yield Finding("unsubscribe-missing", "block", place, _("The link to unsubscribe is missing."))
    absent = [link["url"] for link in facts.rendered.links if str(link["url"]) not in facts.rendered.text_full]
    if absent:
        yield Finding(
            "text-links",
            "block",
            _("text part"),
            _("A link of the mail is missing in its text part: %(url)s") % {"url": absent[0]},
        )


def size(facts: Facts) -> Iterator[Finding]:
    """HTML that mail programs cut off, and files that are slow to load."""
    if facts.rendered is not None and facts.mode != "none":
        html = facts.rendered.mail_html_excerpt if facts.mode == "excerpt" else facts.rendered.mail_html_full
        weight = len(html.encode())
        shown = {"size": round(weight / 1000)}
        fix = _("Send an excerpt with “Continue reading”, or shorten the text.")
        if weight > MOST_HTML:
            yield Finding(
                "mail-too-large", "block", _("mail"), _("The mail has %(size)s kB of HTML; Gmail cuts it off.") % shown, fix
            )
        elif weight > MUCH_HTML:
            yield Finding(
                "mail-large", "warn", _("mail"), _("The mail has %(size)s kB of HTML, close to the limit.") % shown, fix
            )
    weight = facts.asset_bytes + facts.attachment_bytes
    if weight > MUCH_WEIGHT:
        yield Finding(
            "heavy",
            "warn",
            _("pictures and files"),
            _("Pictures and attached files have %(size)s MB together.") % {"size": round(weight / 1e6, 1)},
            _("Use fewer or smaller ones: many readers pay for each megabyte."),
        )


def base_url(facts: Facts) -> Iterator[Finding]:
    """Links that only work on this machine: no harm while mail goes to the built-in inbox, see docs/decisions/0022."""
    host = urlsplit(facts.content.masthead.base_url).hostname or ""
    if is_loopback(host):
        yield Finding(
            "base-url-local",
            "block" if facts.leaves else "warn",
            _("publication"),
            _("The public address is %(url)s: links will work only on this machine.") % {"url": facts.content.masthead.base_url},
            _("Set the public address of the publication."),
        )


class _Balance(HTMLParser):
    """Finds the first tag that is closed in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fault = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or self.fault:
            return
        if not self.open or self.open.pop() != tag:
            self.fault = f"</{tag}>"


def _fault(html: str) -> str:
    balance = _Balance()
    balance.feed(html)
    balance.close()
    return balance.fault or (f"<{balance.open[-1]}>" if balance.open else "")
