"""Bounce reader: the notice for people, whatever program wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from masthead.bounces.reading import addresses
from masthead.bounces.reading.candidates import Candidate, weigh
from masthead.bounces.reading.document import Document
from masthead.bounces.reading.finding import FROM_RETURNED, FROM_TEXT, Failure
from masthead.bounces.reading.phrases import matching, notices

_SENT_TO = (
    "x-failed-recipients",
    "x-original-to",
    "delivered-to",
    "envelope-to",
    "x-rcpt-to",
    "to",
    "apparently-to",
    "resent-to",
    "cc",
)
_NAME_ALONE = re.compile(r"^[ \t]+<?[a-z0-9][a-z0-9._-]{2,40}>?\s*$", re.I)
_LOCAL_ONLY = re.compile(
    r"^\s*<?([A-Za-z0-9][A-Za-z0-9._+-]{0,63})>?\s*(?:\.\.\.|:|;|-|\()\s*.{0,40}?(?:user|unknown|address|mailbox|"
    r"account|recipient|not)",
    re.I | re.M,
)
_UNKNOWN_NAME = re.compile(
    r"(?:unknown user|user unknown|no such user|unknown local[- ]part|user)[:\s]+[\"'<(]?"
    r"([A-Za-z0-9][A-Za-z0-9._+-]{1,63})[\"'>)]?\s*(?:in domain [\"'<]?([a-z0-9.-]{3,200})|$)",
    re.I | re.M,
)


def read(document: Document) -> Sequence[Failure]:
    """The likeliest recipients in the notice; without any, whom the mail that came back was sent to."""
    found = weigh(document)
    if found:
        best = found[0].weight
        return [Failure(each.address, FROM_TEXT, each.around) for each in found if each is found[0] or _is_as_good(each, best)]
    for header in _SENT_TO:
        named = addresses.all_in(document.copy.all(header))
        if len(named) == 1:
            return [Failure(named[0], FROM_RETURNED)]
        if named:
            likely = [each for each in named if each.partition("@")[0].lower() in document.notice.lower()]
            return [Failure(each, FROM_RETURNED) for each in likely or named[:1]]
    return _put_together(document)


def _is_as_good(candidate: Candidate, best: int) -> bool:
    return candidate.weight >= max(4, best - 4)


def _put_together(document: Document) -> Sequence[Failure]:
    """A user's bare name in the notice, with the domain that reports it."""
    lines = document.notice.split("\n")
    domain = addresses.first(document.headers.get("from")).partition("@")[2].lower()
    for number, line in enumerate(lines[:60]):
        if (
            domain
            and _NAME_ALONE.match(line)
            and any(matching.any_of(matching.flat(each), notices.LEAD) for each in lines[max(0, number - 3) : number])
        ):
            around = "\n".join(lines[max(0, number - 3) : number + 3])
            return [Failure(line.strip(" \t<>") + "@" + domain, FROM_TEXT, around)]
    named = _UNKNOWN_NAME.search(document.notice) or _LOCAL_ONLY.search(document.notice)
    if named is None:
        return ()
    domain = (named.group(2) if named.re is _UNKNOWN_NAME else "") or domain
    return [Failure(f"{named.group(1)}@{domain}", FROM_TEXT, named.group())] if domain else ()
