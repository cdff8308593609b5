"""One mail, taken apart: what the sending program said, what it says to programs, and the copy of the mail it is about."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from masthead.bounces.reading import feedback, notification, returned, status_report
from masthead.bounces.reading.headers import Headers
from masthead.bounces.reading.notification import Notification
from masthead.bounces.reading.parts import Part, head_and_body, split
from masthead.bounces.reading.status_report import Report

#: No report says in words what failed after so many characters.
MOST_NOTICE = 40_000
_MOST_FORWARDS = 3

_REPORTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/feedback-report",
    "message/disposition-notification",
)
_COPIES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial")
_ANSWER = re.compile(r"(?<![\d.])[45]\d\d[ -]|(?<![\d.])[45]\.\d\.\d{1,3}(?!\.?\d)|^\s{0,8}reason\s?:", re.I | re.M)
_HIDDEN = re.compile(r"<(style|script|head)\b[^<>]*>.*?</\1\s*>", re.I | re.S)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?table|/?pre|hr)\b[^<>]*>", re.I)
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")


@dataclass(frozen=True, slots=True)
class Document:
    """`notice` is the text for people, without the copy of the mail; `copy` and `copy_text` are that copy, as far as it goes."""

    headers: Headers
    parts: tuple[Part, ...]
    notice: str
    report: Report | None
    complaint: Headers | None
    notification: Notification | None
    copy: Headers
    copy_text: str

    def has(self, *types: str) -> bool:
        """Whether one of the parts is of one of `types`."""
        return any(part.type in types for part in self.parts)

    def part(self, *types: str) -> Part | None:
        """The first part that is of one of `types`."""
        return next((part for part in self.parts if part.type in types), None)


def open_mail(raw: bytes) -> Document:
    """`raw` as a Document; whatever the bytes are, this does not fail."""
    headers, parts = split(raw)
    for _level in range(_MOST_FORWARDS):
        inner = _forwarded_report(headers, parts)
        if inner is None:
            break
        headers, parts = split(inner)
    copy, copy_text = returned.from_parts(parts)
    notice, copy_below, text_below = returned.cut(_notice(parts))
    if not copy:
        copy, copy_text = copy_below, text_below
    if text_below and not _tells(notice) and (not notice.strip() or _tells(text_below[:3000])):
        # What failed stands under the headers of the mail: some programs write their words last.
        notice = f"{notice}\n{text_below}"
    return Document(
        headers=headers,
        parts=tuple(parts),
        notice=notice[:MOST_NOTICE],
        report=status_report.find(parts),
        complaint=feedback.find(parts),
        notification=notification.find(parts),
        copy=copy,
        copy_text=copy_text,
    )


def _tells(text: str) -> bool:
    """Whether `text` holds what a server could have answered."""
    return _ANSWER.search(text) is not None


def _forwarded_report(headers: Headers, parts: list[Part]) -> bytes | None:
    """The bytes of a report that some gateway wrapped into a mail of its own, or None."""
    if any(part.type in _REPORTS for part in parts):
        return None
    for part in parts:
        if part.type == "message/rfc822" and b"delivery-status" in part.body[:6000]:
            inner, _body = head_and_body(part.body[:8000].lstrip())
            if "delivery-status" in inner.get("content-type").lower():
                return part.body
    return None


def plain(markup: str) -> str:
    """HTML as text, well enough to find words and addresses in it."""
    text = _TAG.sub(" ", _BREAK.sub("\n", _HIDDEN.sub(" ", markup)))
    return html.unescape(text).replace("\xa0", " ")


def _notice(parts: list[Part]) -> str:
    texts: list[str] = []
    pages: list[str] = []
    for part in parts:
        if part.type in _COPIES or part.type in _REPORTS:
            continue
        if part.type == "text/html":
            pages.append(part.text)
        elif part.type.startswith("text/") or "/" not in part.type:
            text = part.text
            head = text[:200].lstrip().lower()
            texts.append(plain(text) if head.startswith(("<html", "<!doctype html", "<head", "<body")) else text)
    if sum(len(each.strip()) for each in texts) < 20:
        texts += [plain(each) for each in pages]
    return "\n".join(texts)[: 2 * MOST_NOTICE + 100_000]
