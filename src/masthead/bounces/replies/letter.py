"""A mail as a letter: who wrote it to whom, and its words. Read within the sandbox; pure, and no bytes make it fail."""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import dataclass
from email.utils import parseaddr

from masthead.bounces.reading import addresses
from masthead.bounces.reading.document import plain
from masthead.bounces.reading.headers import Headers, text_of
from masthead.bounces.reading.parts import Part, split

#: Of a letter so many characters are kept; a person who writes more is told by the raw mail.
MOST_TEXT = 20_000
MOST_BODY = 200_000
#: Set on every letter that is passed on, so that one that comes back is known by it.
OWN_HEADER = "X-Masthead-Passed-On"
_MOST_ADDRESSES = 50
_SENT_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "apparently-to")
#: Accounts of programs (RFC 2142, RFC 5321 §4.5.1), and what people call those that nobody reads.
_PROGRAMS = re.compile(r"(mailer-daemon|postmaster|listserv|majordomo|no-?reply|do-?not-?reply|bounces?)\b", re.I)
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Letter:
    """All of it comes from the mail and is as little to be trusted.

    `by_program`: a program sent it, a list passed it on, or it was passed on by us: nobody waits for an answer (RFC 3834 §2).
    """

    name: str = ""
    address: str = ""
    sent_to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    attachments: int = 0
    by_program: bool = False


def read_letter(raw: bytes) -> Letter:
    """`raw` as a letter."""
    headers, parts = split(raw)
    sender = headers.get("from")
    address = addresses.first(sender)
    return Letter(
        name=_line(parseaddr(sender)[0])[:150],
        address=address[:320],
        sent_to=tuple(
            each.lower() for each in addresses.all_in([value for name in _SENT_TO for value in headers.all(name)[:20]])
        )[:_MOST_ADDRESSES],
        subject=_line(headers.get("subject"))[:300],
        text=_words(parts),
        attachments=sum(_is_attached(part) for part in parts),
        by_program=_is_by_program(headers, address),
    )


def _words(parts: list[Part]) -> str:
    """The text as it is read: the plain parts, else what the page says."""
    own = [part for part in parts if not _is_attached(part) and "message/rfc822" not in part.within]
    texts = [_text(part) for part in own if part.type == "text/plain"]
    if not any(each.strip() for each in texts):
        texts = [plain(_text(part)) for part in own if part.type == "text/html"]
    lines = ["".join(char for char in line if char.isprintable() or char == "\t").rstrip() for line in _split("\n".join(texts))]
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()[:MOST_TEXT]


def _text(part: Part) -> str:
    """All of it: people write paragraphs that are longer than any line of a report."""
    encoding = part.headers.get("content-transfer-encoding").strip().lower()
    data = part.body[:MOST_BODY]
    if encoding.startswith("quoted"):
        data = quopri.decodestring(data)
    elif encoding.startswith("base64"):
        try:
            data = binascii.a2b_base64(data)
        except binascii.Error:
            return part.text
    return text_of(data, part.headers.param("content-type", "charset")).replace("\0", "")


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _is_attached(part: Part) -> bool:
    disposition = part.headers.get("content-disposition").strip().lower()
    if disposition.startswith("attachment"):
        return True
    return not part.type.startswith(("text/plain", "text/html", "multipart/")) and "/" in part.type


def _is_by_program(headers: Headers, address: str) -> bool:
    if OWN_HEADER.lower() in headers or "list-id" in headers or "x-autoreply" in headers or "x-autorespond" in headers:
        return True
    if headers.get("return-path").strip() == "<>" or _PROGRAMS.match(address):
        return True
    if headers.get("precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply"):
        return True
    submitted = headers.get("auto-submitted").partition(";")[0].strip().lower()
    return submitted not in ("", "no")


def _line(text: str) -> str:
    """One line without invisible characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
