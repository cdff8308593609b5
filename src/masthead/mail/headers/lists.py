"""The headers of a mailing list: what it is called, how one leaves, whom one asks (RFC 2369, 2919, 8058)."""

from __future__ import annotations

import re

from masthead.common.addresses import BadAddress, domain_to_ascii
from masthead.mail.encoding.slots import BadMail
from masthead.mail.headers.mailboxes import own_address
from masthead.mail.headers.text import phrase

ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"

_ANY_URI = r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~%]{1,800}"
_URI = re.compile(_ANY_URI, re.ASCII)
_UNSUBSCRIBE = re.compile(f"List-Unsubscribe: <{_ANY_URI}>,\r\n <{_ANY_URI}>\r\n", re.ASCII)
_ONLY_UNSUBSCRIBE = re.compile(f"<{_ANY_URI}>", re.ASCII)
_FEEDBACK = re.compile(r"[A-Za-z0-9._-]*(?::[A-Za-z0-9._-]*){2,3}", re.ASCII)


def unsubscribe(url: str, address: str) -> bytes:
    """List-Unsubscribe and its one-click companion. Folded only between the two URIs: a broken one is a dead button.

    `address` takes unsubscriptions by mail. Raises BadMail.
    """
    line = f"List-Unsubscribe: <{url}>,\r\n <mailto:{address}>\r\n"
    if not _UNSUBSCRIBE.fullmatch(line):
        raise BadMail(f"List-Unsubscribe: {url!r} or {address!r} cannot stand in a header.")
    return line.encode("ascii") + ONE_CLICK


def unsubscribe_of_single(value: str) -> bytes:
    """List-Unsubscribe of a single mail, where `value` is `<URI>`; never folded and never an encoded word. Raises BadMail."""
    if not _ONLY_UNSUBSCRIBE.fullmatch(value):
        raise BadMail(f"List-Unsubscribe: {value!r} is no address in angle brackets.")
    return f"List-Unsubscribe: {value}\r\n".encode("ascii")


def identity(*, name: str, list_id: str, archive_url: str, help_url: str, owner: str) -> bytes:
    """List-Id, List-Archive, List-Help, List-Owner, and List-Post: NO, since only the publisher writes. Raises BadMail."""
    try:
        ascii_id = domain_to_ascii(list_id)
    except BadAddress as error:
        raise BadMail(f"List-Id: {error.reason}") from error
    if not re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+", ascii_id):
        raise BadMail(f"List-Id: {list_id!r} must look like courier.example.org.")
    shown = phrase(name, "The list's name")
    blank = b" " if len(shown) + len(ascii_id) < 60 else b"\r\n "
    lines = [b"List-Id: " + shown + blank + f"<{ascii_id}>\r\n".encode("ascii")]
    for header, url in (("List-Archive", archive_url), ("List-Help", help_url)):
        if url:
            if not _URI.fullmatch(url):
                raise BadMail(f"{header}: {url!r} cannot stand in a header.")
            lines.append(f"{header}: <{url}>\r\n".encode("ascii"))
    if owner:
        lines.append(f"List-Owner: <mailto:{own_address('List-Owner', owner).ascii}>\r\n".encode("ascii"))
    lines.append(b"List-Post: NO\r\n")
    return b"".join(lines)


def feedback_id(value: str) -> bytes:
    """Feedback-ID, campaign:list:kind:sender, for the receivers' complaint statistics. Raises BadMail."""
    if not _FEEDBACK.fullmatch(value):
        raise BadMail(f"Feedback-ID: {value!r} must be three or four words with colons between them.")
    return f"Feedback-ID: {value}\r\n".encode("ascii")


def automatic() -> bytes:
    """Keeps vacation programs and Exchange's automatic answers quiet.

    Not "All" for Exchange: that also suppresses non-delivery reports, and those are how we learn of dead addresses
    (MS-OXCMAIL 2.2.3.2.14).
    """
    return b"Precedence: bulk\r\nX-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\r\n"
