"""Mailboxes in headers: a display name and an address in its wire form (RFC 5322 §3.4, RFC 6532 for other scripts)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from masthead.common.addresses import Address, BadAddress, normalise
from masthead.mail.encoding.slots import BadMail
from masthead.mail.headers.text import phrase
from masthead.mail.message import fault_of_bytes

_WIDTH = 76
_ATOM = "[A-Za-z0-9!#$%&'*+/?^_`{|}~-]++"
#: Names of atoms (without =, since "=?" would begin an encoded word) and plain addresses: `mailbox` changes nothing.
_USUAL = re.compile(rf"(?:To: {_ATOM}(?: {_ATOM})*+ <[!#-'*+\-./0-9=?A-Z^-~]++@[a-z0-9.-]++>\r\n)+", re.ASCII)


def mailbox(header: str, name: str, address: str) -> bytes:
    """The whole header line(s): `header`: `name` <`address`>, CRLF included; `address` in its wire form.

    Raises BadMail for a name with a line break.
    """
    where = f"<{address}>".encode()
    start = header.encode() + b": "
    if not name:
        return start + where + b"\r\n" if len(start) + len(where) > _WIDTH else start + where[1:-1] + b"\r\n"
    shown = phrase(name, f"The name in {header}")
    last = len(shown) - shown.rfind(b"\n") - 1
    fits = last + len(where) + 1 + (len(start) if b"\n" not in shown else 0) <= _WIDTH
    return start + shown + (b" " if fits else b"\r\n ") + where + b"\r\n"


def recipients(names: Sequence[str], addresses: Sequence[str]) -> list[bytes]:
    """To, for each reader. `addresses` in their wire form. Raises BadMail."""
    lines = [f"To: {name} <{address}>\r\n" for name, address in zip(names, addresses, strict=True)]
    joined = "".join(lines)
    # One look at all takes half the time of one at each.
    if max(map(len, lines)) <= _WIDTH + 2 and joined.count("\n") == len(lines) and _USUAL.fullmatch(joined):
        return joined.encode("ascii").splitlines(keepends=True)
    return list(map(_recipient, lines, names, addresses))


def _recipient(line: str, name: str, address: str) -> bytes:
    if len(line) <= _WIDTH + 2 and line.count("\n") == 1 and _USUAL.fullmatch(line):
        return line.encode("ascii")
    own = mailbox("To", name, address)
    if fault := fault_of_bytes(own, utf8=not address.isascii()):
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
