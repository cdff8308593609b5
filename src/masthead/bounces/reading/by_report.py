"""Bounce reader: the machine's part of a delivery status notification (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from masthead.bounces.reading import addresses, codes
from masthead.bounces.reading.candidates import parties, weigh
from masthead.bounces.reading.document import Document
from masthead.bounces.reading.finding import FROM_FINAL, FROM_ORIGINAL, FROM_TEXT, Failure
from masthead.bounces.reading.status_report import Group

_TYPE = re.compile(r"^\s*(?:smtp|x-[a-z0-9-]{1,40}|x400|unknown|dns|rfc822)\s*;\s*", re.I)


def read(document: Document) -> Sequence[Failure]:
    """A failure for each recipient of the report, those that failed before those that are merely delayed or delivered."""
    if document.report is None:
        return ()
    # Asked at most once, however many groups lack an address: it weighs the whole notice.
    likely = cache(lambda: _likely(document))
    failures = [_failure(group, likely) for group in document.report.recipients]
    return sorted([each for each in failures if each.address], key=lambda each: _ORDER.get(each.action, 1))


_ORDER = {"failed": 0, "": 1, "expired": 1, "delayed": 2, "relayed": 3, "expanded": 3, "delivered": 4}


def _failure(group: Group, likely: Callable[[], str]) -> Failure:
    final = _address(group.get("final-recipient"))
    original = _address(group.get("original-recipient"))
    actual = _address(group.get("x-actual-recipient"))
    comment = group.get("status").partition("(")[2].rpartition(")")[0]
    words = " ".join(each for each in (_TYPE.sub("", group.get("diagnostic-code")), comment) if each)
    action = re.match(r"[a-z-]*", group.get("action").strip().lower())
    # The final one is who failed; the original one, whom we mailed. A final one within the receiver's own rooms means nothing.
    local = "." not in final.partition("@")[2]
    address, found_by = (original, FROM_ORIGINAL) if original and local else (final, FROM_FINAL)
    if not address:
        address, found_by = original, FROM_ORIGINAL
    if not address:
        address, found_by = _elsewhere(likely, actual, words)
    return Failure(
        address=address,
        address_from=found_by,
        words=words,
        status=codes.status_of(group.get("status")),
        action=action.group() if action else "",
        original=original,
    )


def _address(value: str) -> str:
    return addresses.of_field(value) if value else ""


def _elsewhere(likely: Callable[[], str], actual: str, words: str) -> tuple[str, str]:
    """The address of a group whose recipient fields hold none, such as the name of a Notes user or of a local account."""
    if actual:
        return actual, FROM_FINAL
    if found := addresses.first(words):
        return found, FROM_TEXT
    found = likely()
    return (found, FROM_TEXT) if found else ("", "")


def _likely(document: Document) -> str:
    """The address that the notice or the copy of the mail suggests."""
    weighed = weigh(document)
    if weighed:
        return weighed[0].address
    sent_to = sorted(parties(document).sent_to)
    return sent_to[0] if len(sent_to) == 1 else ""
