"""Reply codes (RFC 5321 §4.2) and enhanced status codes (RFC 3463) within words."""

from __future__ import annotations

import re
from typing import NamedTuple

_ENHANCED = r"[245]\.[0-9]\.[0-9]{1,3}|[245]\.1[0-9]\.[0-9]{1,3}"
#: A code on its own, not part of a version, an address of a host, or a longer number.
_STATUS = re.compile(rf"(?<![\d.])(?:{_ENHANCED})(?![\d]|\.\d)")
_BOTH = re.compile(rf"(?<![\d.])([245][0-5]\d)[ \-]{{1,2}}[#(\[]{{0,2}}({_ENHANCED})(?![\d]|\.\d)")
#: A reply where one can be expected: at a line's beginning, after a colon, a bracket or a word such as "said" or "code".
_REPLY = re.compile(
    r"(?:^|[:>#(\[\"'<]\s{0,3}|\b(?:said|code|error|errno|status|smtp|reply|response|returned|respuesta|réponse|is|was|with)"
    r"[ :=#(\"']{1,4})([245][0-5]\d)(?=[ \-#:;,)\]\"'<]|$)(?![ ]?(?:kb|mb|bytes|k\b|hours?|minutes?|seconds?|days?|"
    r"messages?|times))",
    re.I | re.M,
)


class Codes(NamedTuple):
    """The most telling codes of some words; "" for what they lack."""

    reply: str
    status: str


def find(words: str) -> Codes:
    """The codes in `words`. A permanent one wins over a temporary one, a telling one over x.0.0, the first over the later."""
    pairs = _BOTH.findall(words)
    if pairs:
        reply, status = min(pairs, key=lambda pair: (_rank(pair[1]), pair[0][0] != pair[1][0]))
        return Codes(reply, status)
    statuses = _STATUS.findall(words)
    replies = _REPLY.findall(words)
    status = min(statuses, key=_rank, default="")
    reply = min(replies, key=lambda code: "542".index(code[0]), default="")
    return Codes(reply, status)


def status_of(text: str) -> str:
    """The enhanced code in a Status field, which may hold a comment too, or ""."""
    found = _STATUS.search(text)
    return found.group() if found else ""


def is_vague(status: str) -> bool:
    """Whether `status` says no more than its class (x.0.0), or nothing."""
    return not status or status[1:] in (".0.0", ".0", ".3.0", ".1.0", ".5.0")


def _rank(status: str) -> tuple[int, bool]:
    return "542".index(status[0]), is_vague(status)
