"""Whose mail it was: candidates for our bounce token, and the Message-ID of the mail that came back. Nothing is verified here."""

from __future__ import annotations

import re
from collections.abc import Iterable

from masthead.bounces.reading.document import Document

#: Envelope senders are `b+TOKEN@bounce-domain` (`masthead.mail.sealing`); some systems write the + as = or encode it.
_TOKEN = re.compile(r"(?<![A-Za-z0-9])b(?:\+|=2B|%2B|&#43;)([A-Za-z2-7]{34})(?=@|=40|%40|=[A-Za-z0-9.-]{1,253}@)", re.I)
_UNFOLD = re.compile(r"=\n")
_MESSAGE_ID = re.compile(r"<([^\s<>@]{1,250}@[^\s<>@]{1,250})>")
_BARE_ID = re.compile(r"^\s*([^\s<>@;,]{1,250}@[^\s<>@;,]{1,250})\s*$")
_IN_TEXT = re.compile(r"message[ -]?id\s*[:=]\s*<?([^\s<>@]{1,250}@[^\s<>@]{1,250})>?", re.I)
_SENT_TO = (
    "to",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-rcpt-to",
    "apparently-to",
    "received",
    "return-path",
)
_MOST = 20


def tokens(document: Document, raw: bytes) -> tuple[str, ...]:
    """What looks like our token: first in the headers that say whom this report was sent to, then anywhere in it."""
    places = [value for name in _SENT_TO for value in document.headers.all(name)]
    places += [value for name in ("return-path", "x-envelope-from", "errors-to", "sender") for value in document.copy.all(name)]
    places += [part.text for part in document.parts if part.headers.get("content-transfer-encoding").lower().startswith("base64")]
    places.append(_UNFOLD.sub("", raw.replace(b"\r\n", b"\n").decode("latin-1")))
    return _once(found.lower() for place in places for found in _TOKEN.findall(place))


def message_ids(document: Document) -> tuple[str, ...]:
    """Message-IDs of the mail that came back: from its copy, from the report, from what this answers, from the text."""
    found = _ids(document.copy.all("message-id"))
    if document.complaint is not None:
        found += _ids(document.complaint.all("original-message-id") + document.complaint.all("message-id"))
    if document.notification is not None:
        found += _ids([document.notification.message_id])
    found += _ids(document.headers.all("x-original-message-id") + document.headers.all("original-message-id"))
    if document.report is not None:
        found += _ids([document.report.message.get("x-original-message-id"), document.report.message.get("original-message-id")])
    found += _IN_TEXT.findall(document.notice)
    found += _ids(document.headers.all("in-reply-to"))
    found += _ids(document.headers.all("references"))[::-1]
    found += _IN_TEXT.findall(document.copy_text[:20_000])
    own = set(_ids(document.headers.all("message-id")))
    return _once(each for each in found if each not in own)


def _ids(values: list[str]) -> list[str]:
    found: list[str] = []
    for value in values:
        found += _MESSAGE_ID.findall(value) or _BARE_ID.findall(value)
    return found


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))[:_MOST]
