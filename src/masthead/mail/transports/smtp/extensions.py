"""What a server offered in its answer to EHLO (RFC 5321 §4.1.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from masthead.mail.transports.base import Reply


@dataclass(frozen=True, slots=True)
class Extensions:
    """The offers we use. `size` is the largest mail in bytes, 0 when the server sets no limit or does not say."""

    pipelining: bool = False
    starttls: bool = False
    smtputf8: bool = False
    dsn: bool = False
    eight_bit: bool = False
    announces_size: bool = False
    size: int = 0
    auth: frozenset[str] = frozenset()


def extensions_of(reply: Reply) -> Extensions:
    """Read the lines of `reply` after the first; unknown keywords are none of our business."""
    offers: dict[str, list[str]] = {}
    for line in reply.text.split("\n")[1:]:
        # Some servers still write AUTH=LOGIN, as before RFC 2554.
        keyword, *words = line.replace("AUTH=", "AUTH ", 1).split() or [""]
        offers.setdefault(keyword.upper(), []).extend(words)
    size = offers.get("SIZE", [])
    return Extensions(
        pipelining="PIPELINING" in offers,
        starttls="STARTTLS" in offers,
        smtputf8="SMTPUTF8" in offers,
        dsn="DSN" in offers,
        eight_bit="8BITMIME" in offers,
        announces_size="SIZE" in offers,
        size=int(size[0]) if size and size[0].isascii() and size[0].isdigit() and len(size[0]) < 20 else 0,
        auth=frozenset(word.upper() for word in offers.get("AUTH", [])),
    )
