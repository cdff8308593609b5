"""Builds the bytes of a single mail: no list headers, and marked as automatic so that no machine answers it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from masthead.common.addresses import Address
from masthead.mail.encoding.flowed import crlf, flowed
from masthead.mail.encoding.parts import encoded_constant
from masthead.mail.encoding.slots import BadMail
from masthead.mail.headers.dates import date_header
from masthead.mail.headers.lists import unsubscribe_of_single
from masthead.mail.headers.mailboxes import mailbox, own_address
from masthead.mail.headers.text import unstructured
from masthead.mail.message import Message
from masthead.mail.sealing import unique
from masthead.mail.sender import Sender

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}", re.ASCII)
#: Set here alone; an extra header must not stand in a mail twice (RFC 5322 §3.6).
_OURS = frozenset(
    [
        *("from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id"),
        *("mime-version", "auto-submitted", "return-path", "received", "dkim-signature"),
    ]
)


def compose_single(
    *,
    to: Address,
    subject: str,
    text: str,
    html: str | None,
    sender: Sender,
    now: datetime,
    auto_submitted: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Message:
    """The mail in the voice of `sender`. `headers` are more headers as text. Raises BadMail."""
    if not text.strip():
        raise BadMail("The text part is empty: every mail needs one.")
    address = own_address("From", sender.address)
    token = unique()
    message_id = f"<{token}@{address.ascii.rpartition('@')[2]}>"
    head = [
        mailbox("From", sender.name, address.ascii),
        mailbox("To", "", to.ascii),
        unstructured("Subject", subject),
        date_header(int(now.timestamp())),
        f"Message-ID: {message_id}\r\n".encode("ascii"),
    ]
    if sender.reply_to:
        head.append(mailbox("Reply-To", "", own_address("Reply-To", sender.reply_to).ascii))
    if auto_submitted:
        # RFC 3834 §5, and the same for Exchange; see headers.lists.automatic for what is left out.
        head.append(b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\n")
    head += [_extra(name, value) for name, value in (headers or {}).items()]
    head.append(b"MIME-Version: 1.0\r\n")
    raw = b"".join(head) + _body(text, html, token)
    return Message(address.ascii, to.ascii, raw, message_id, to.needs_smtputf8)


def _extra(name: str, value: str) -> bytes:
    folded = name.lower()
    if not _NAME.fullmatch(name) or folded in _OURS or folded.startswith("content-"):
        raise BadMail(f"The header {name!r} cannot be added to a single mail.")
    return unsubscribe_of_single(value) if folded == "list-unsubscribe" else unstructured(name, value)


def _body(text: str, html: str | None, token: str) -> bytes:
    plain = b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n" + _encoded(flowed(text))
    if html is None:
        return plain
    rich = b"Content-Type: text/html; charset=utf-8\r\n" + _encoded(crlf(html))
    boundary = b"=_" + token.encode("ascii")  # occurs in neither encoding
    start = b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n'
    return start + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in (plain, rich)) + b"--" + boundary + b"--\r\n"


def _encoded(text: str) -> bytes:
    name, body = encoded_constant(text)
    return b"Content-Transfer-Encoding: " + name + b"\r\n\r\n" + body
