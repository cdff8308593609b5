"""Mailboxes in headers: a display name and an address in its wire form (RFC 5322 §3.4, RFC 6532 for other scripts)."""

from __future__ import annotations

import re

from masthead.common.addresses import Address, BadAddress, normalise
from masthead.mail.encoding.slots import BadMail
from masthead.mail.headers.text import phrase
from masthead.mail.message import fault_of_bytes

_WIDTH = 76
#: A reader's name of atoms (without =, since "=?" would begin an encoded word) and a plain address: `mailbox` changes nothing.
_USUAL = re.compile(
    r"To: [A-Za-z0-9!#$%&'*+/?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/?^_`{|}~-]+)* <[!#-'*+\-./0-9=?A-Z^-~]+@[a-z0-9.-]+>\r\n", re.ASCII
)


def mailbox(header: str, name: str, address: Address) -> bytes:
    """The whole header line(s): `header`: `name` <`address`>, CRLF included. Raises BadMail for a name with a line break."""
    where = f"<{address.ascii}>".encode()
    start = header.encode() + b": "
    if not name:
        return start + where + b"\r\n" if len(start) + len(where) > _WIDTH else start + where[1:-1] + b"\r\n"
    shown = phrase(name, f"The name in {header}")
    last = len(shown) - shown.rfind(b"\n") - 1
    fits = last + len(where) + 1 + (len(start) if b"\n" not in shown else 0) <= _WIDTH
    return start + shown + (b" " if fits else b"\r\n ") + where + b"\r\n"


def recipient(name: str, address: Address) -> bytes:
    """To, for one reader. Raises BadMail."""
    line = f"To: {name} <{address.ascii}>\r\n"
    if len(line) <= _WIDTH + 2 and _USUAL.fullmatch(line):
        return line.encode("ascii")
    own = mailbox("To", name, address)
    if fault := fault_of_bytes(own, utf8=address.needs_smtputf8):
        raise BadMail(fault)
    return own


def own_address(header: str, text: str) -> Address:
    """An address of ours, which every relay must be able to carry. Raises BadMail."""
    try:
        address = normalise(text)
    except BadAddress as error:
        raise BadMail(f"{header}: {text!r} is not an address. {error.reason}") from error
    if address.needs_smtputf8:
        raise BadMail(f"{header}: {text!r} has letters outside ASCII before the @; many mail servers could not answer it.")
    return address
