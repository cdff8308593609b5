"""The commands that hand over one mail, as bytes."""

from __future__ import annotations

import re

from masthead.mail.message import Message, fault_of
from masthead.mail.transports.base import Refused, Reply
from masthead.mail.transports.smtp.extensions import Extensions

_PLAIN_XTEXT = re.compile(r"[!-*,-<>-~]*")


def unsendable(message: Message, offers: Extensions) -> Refused | None:
    """Why `message` can never go over a server with these `offers`, or None."""
    if not message.sound and (fault := fault_of(message)):
        return Refused("unsendable", Reply(554, "5.6.0", fault))
    if message.needs_smtputf8 and not offers.smtputf8:
        text = "The mail server cannot carry an address with letters outside ASCII (it does not offer SMTPUTF8)."
        return Refused("unsendable", Reply(553, "5.6.7", text))
    if offers.size and len(message.raw) > offers.size:
        text = f"The mail has {len(message.raw)} bytes; the mail server takes at most {offers.size}."
        return Refused("unsendable", Reply(552, "5.3.4", text))
    return None


def envelope(message: Message, offers: Extensions) -> bytes:
    """MAIL, RCPT and DATA, for a server that takes them in one go."""
    if offers.dsn and message.sound:
        # Nearly always so, and then this is what the functions below make of it.
        sender, to, raw, message_id, needs_smtputf8 = message[:5]
        token = message_id[1 : message_id.find("@")]
        if sender and 0 < len(token) <= 100 and not needs_smtputf8 and _PLAIN_XTEXT.fullmatch(token + to):
            size = f" SIZE={len(raw)}" if offers.announces_size else ""
            return (
                f"MAIL FROM:<{sender}>{size} RET=HDRS ENVID={token}\r\n"
                f"RCPT TO:<{to}> NOTIFY=FAILURE,DELAY ORCPT=rfc822;{to}\r\nDATA\r\n"
            ).encode("ascii")
    return f"{_mail_from(message, offers)}\r\n{_rcpt_to(message, offers)}\r\nDATA\r\n".encode()


def mail_from(message: Message, offers: Extensions) -> bytes:
    """MAIL with the parameters the server understands (SIZE: RFC 1870; RET, ENVID: RFC 3461; SMTPUTF8: RFC 6531)."""
    return f"{_mail_from(message, offers)}\r\n".encode()


def rcpt_to(message: Message, offers: Extensions) -> bytes:
    """RCPT, asking for a report of failure and delay but not of success (RFC 3461 §4)."""
    return f"{_rcpt_to(message, offers)}\r\n".encode()


def _mail_from(message: Message, offers: Extensions) -> str:
    size = f" SIZE={len(message.raw)}" if offers.announces_size else ""
    report = ""
    if offers.dsn and message.envelope_from:
        token = message.message_id.strip("<>").partition("@")[0]
        report = f" RET=HDRS ENVID={_xtext(token[:100])}" if token else " RET=HDRS"
    return f"MAIL FROM:<{message.envelope_from}>{size}{report}{' SMTPUTF8' if message.needs_smtputf8 else ''}"


def _rcpt_to(message: Message, offers: Extensions) -> str:
    to = message.envelope_to
    if not (offers.dsn and message.envelope_from):
        return f"RCPT TO:<{to}>"
    original = f" ORCPT=rfc822;{_xtext(to)}" if to.isascii() else ""
    return f"RCPT TO:<{to}> NOTIFY=FAILURE,DELAY{original}"


def dot_stuffed(raw: bytes) -> bytes:
    """`raw`, which ends in CRLF, with a second dot where a line begins with one (RFC 5321 §4.5.2)."""
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw.replace(b"\r\n.", b"\r\n..")


def _xtext(text: str) -> str:
    """RFC 3461 §4: what is no plain printable ASCII, and + and =, as +XX."""
    if _PLAIN_XTEXT.fullmatch(text):
        return text
    return "".join(char if _PLAIN_XTEXT.fullmatch(char) else f"+{ord(char):02X}" for char in text)
