"""The copy of the mail that came back: as a part of its own, or as text under the report; and where the report's text ends."""

from __future__ import annotations

import re

from masthead.bounces.reading.headers import Headers, head_names, parse
from masthead.bounces.reading.parts import Part, head_and_body

_TYPES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial")
#: Headers that a server's or author's program writes and a report's own summary does not.
_TECHNICAL = frozenset(
    {"received", "return-path", "message-id", "mime-version", "content-type", "dkim-signature", "x-mailer", "delivered-to"}
    | {"content-transfer-encoding", "list-unsubscribe", "list-id", "x-originating-ip", "in-reply-to", "references", "precedence"}
)
_ANY = _TECHNICAL | {"from", "to", "subject", "date", "reply-to", "cc", "sender", "user-agent", "importance", "x-priority"}
_PREFIX = re.compile(r"[>| \t]{0,8}")
_RULE = re.compile(
    r"(?:original|returned|undelivered|unsent|rejected|failed|bounced|your|copy of|included|attached|initial|rücksend|urspr)"
    r"[^\n]{0,60}(?:message|mail|header|text|nachricht|courrier|mensaje|messaggio)[^\n]{0,40}"
    r"(?:follow|below|begin|is included|-{3,}|:\s*$|enthalten|folgt)"
    r"|^-+ ?(?:original|returned|undelivered|forwarded|begin)[^\n]{0,40}(?:message|mail|header|text)"
    r"|message header follows|message follows|begin message|headers? of the (?:original )?message"
    r"|below this line is a copy|this is a copy of (?:the|your) message|元のメール|オリジナルメール|原メール",
    re.I,
)


def from_parts(parts: list[Part]) -> tuple[Headers, str]:
    """Headers and text of the copy that stands in a part of its own."""
    for part in parts:
        if part.type in _TYPES or (part.type == "application/octet-stream" and _starts_like_mail(part)):
            headers, body = head_and_body(part.text.encode("utf-8", "replace").lstrip())
            if len(headers.names() & _ANY) >= 1:
                return headers, body.decode("utf-8", "replace")
    return Headers([]), ""


def cut(text: str) -> tuple[str, Headers, str]:
    """`text` up to the copy of the mail in it; the copy's headers; the rest. Without a copy: all of it, none, ""."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        if len(line) < 200 and _RULE.search(line) is not None:
            begin = next((at for at in range(number + 1, min(number + 6, len(lines))) if lines[at].strip(" \t>|-=_")), None)
            headers, after = _block(lines, begin) if begin is not None else (None, 0)
            if headers is not None and len(headers.names() & _ANY) >= 2:
                return "\n".join(lines[:number]), headers, "\n".join(lines[after:])
        if _could_begin(line):
            headers, after = _block(lines, number)
            if headers is not None and _is_copy(headers):
                return "\n".join(lines[:number]), headers, "\n".join(lines[after:])
            # No part of a block that is none can begin one: looking at each of its lines again would be quadratic.
            number = max(number, after - 1)
        number += 1
    return text, Headers([]), ""


def _starts_like_mail(part: Part) -> bool:
    headers, _body = head_and_body(part.text[:4000].encode("utf-8", "replace").lstrip())
    return _is_copy(headers)


def _is_copy(headers: Headers) -> bool:
    names = headers.names()
    return len(names & _ANY) >= 3 and len(names & _TECHNICAL) >= 1


def _could_begin(line: str) -> bool:
    return head_names(line) in _ANY


def _block(lines: list[str], begin: int) -> tuple[Headers | None, int]:
    """The headers from line `begin` on, with the prefix of the first line taken off, and the line after them."""
    prefix = _PREFIX.match(lines[begin])
    width = len(prefix.group()) if prefix else 0
    mark = lines[begin][:width]
    block: list[str] = []
    at = begin
    while at < len(lines) and at - begin < 300:
        line = lines[at]
        bare = line[width:] if line.startswith(mark) else line
        if not bare.strip():
            break
        if bare[:1] not in (" ", "\t") and not head_names(bare) and not bare.startswith(("From ", ">From ")):
            break
        block.append(bare)
        at += 1
    return (parse(block) if block else None), at
