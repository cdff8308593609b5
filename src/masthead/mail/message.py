"""One mail to one reader, as bytes: what a transport takes."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_LINE = 998
"""Octets of one line without its CRLF (RFC 5321 §4.5.3.1.6)."""


class Message(NamedTuple):
    """The finished bytes of one mail and its envelope. Addresses are in their wire form (`Address.ascii`).

    `sound`: its maker vouches that `fault_of` would find nothing and that no line begins with a dot, so that the lane need not
    read 10 KB of constant text again for every reader (50 µs a mail). `digest`: 16 bytes that are equal for two mails
    of one campaign only if all their bytes are, from whoever knows what varies; empty for mails that are never repeated.
    """

    envelope_from: str
    envelope_to: str
    raw: bytes
    message_id: str
    needs_smtputf8: bool = False
    sound: bool = False
    digest: bytes = b""


# One look at what is nearly always so: a header or two of printable ASCII. Everything else is looked at piece by piece.
_SHORT = 2000
_SOUND_LINES = re.compile(rb"(?:[\t -~]{0,998}\r\n)+")


def fault_of(message: Message) -> str | None:
    """What makes this mail unfit for any relay, in words, or None."""
    if message.sound:
        return None
    return fault_of_bytes(message.raw, utf8=message.needs_smtputf8) or _fault_of_envelope(message)


def fault_of_bytes(raw: bytes, *, utf8: bool) -> str | None:
    """What makes `raw`, or whole lines of it, unfit for any relay. `utf8`: it may have bytes outside ASCII.

    A bare CR or LF would let one mail smuggle in another; NUL and overlong lines are forbidden (RFC 5321 §2.3.8, §4.5.3.1.6).
    """
    if len(raw) <= _SHORT and _SOUND_LINES.fullmatch(raw):
        return None
    lines = raw.count(b"\r\n")
    if raw.count(b"\n") != lines or raw.count(b"\r") != lines:
        return "The mail has a line that does not end in CRLF."
    if not raw.endswith(b"\r\n"):
        return "The mail does not end with a line end."
    if b"\0" in raw:
        return "The mail contains a NUL byte."
    if max(map(len, raw.split(b"\r\n"))) > MOST_LINE:
        return f"The mail has a line longer than {MOST_LINE} bytes."
    if not utf8 and not raw.isascii():
        return "The mail has bytes outside ASCII."
    return None


_UNFIT_IN_PATH = re.compile(r"[\x00-\x20<>\x7f]")


def _fault_of_envelope(message: Message) -> str | None:
    for path in (message.envelope_from, message.envelope_to):
        if _UNFIT_IN_PATH.search(path):
            return "An envelope address contains a blank or a control character."
        if not message.needs_smtputf8 and not path.isascii():
            return "An envelope address has letters outside ASCII."
    if not message.envelope_to:
        return "The mail has no recipient."
    return None
