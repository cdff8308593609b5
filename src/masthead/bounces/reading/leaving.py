"""A mail that asks to be taken off (RFC 2369 §3.2): candidates for its token. Nothing is verified here."""

from __future__ import annotations

import re

from masthead.bounces.reading.document import Document

#: `unsub+TOKEN@bounce-domain`, only where a mail says whom it was sent to: bounces return copies of ours, which have it.
_TOKEN = re.compile(r"(?<![A-Za-z0-9])unsub(?:\+|=2B|%2B)([A-Za-z2-7]{34})@", re.I)
_SENT_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "apparently-to")
_MOST = 5


def tokens(document: Document) -> tuple[str, ...]:
    """What looks like the token of `unsub+TOKEN@` among the mail's own recipients."""
    found = [each.lower() for name in _SENT_TO for value in document.headers.all(name) for each in _TOKEN.findall(value)]
    return tuple(dict.fromkeys(found))[:_MOST]


def of_address(address: str) -> str:
    """The token of one address, or ""."""
    found = _TOKEN.match(address.strip("<> "))
    return found.group(1).lower() if found else ""


def is_automatic(document: Document) -> bool:
    """Whether a program sent it in answer to something, or a list passed it on (RFC 3834 §2): then nobody asks for anything."""
    headers = document.headers
    if headers.get("return-path").strip() == "<>" or "list-id" in headers:
        return True
    if headers.get("precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply"):
        return True
    return headers.get("auto-submitted").strip().lower().startswith(("auto-replied", "auto-notified"))
