"""Mail addresses: what a person typed, checked, in the forms that storage, comparison and the wire need.

The domain is stored as U-labels and sent as A-labels (IDNA 2008 with UTS 46); the local part is kept as typed, since only its
own server may say what it means. Two addresses are one reader when their `key` is equal: letter case never tells readers apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import idna
from email_validator import EmailNotValidError, validate_email

from masthead.common.address_faults import BadAddress as BadAddress
from masthead.common.address_faults import Fault, of_library

# RFC 5321 §4.5.3.1: 64 octets of local part; a path of 256 octets with its angle brackets leaves 254.
_MOST_LOCAL = 64
_MOST_ALL = 254

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*", re.ASCII)
_LOCAL = rf"(?!-){_ATEXT}+(?:\.{_ATEXT}+)*"
_HOST = rf"{_LABEL}(?:\.{_LABEL})+|localhost"
_PLAIN = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_HOST})", re.ASCII)
#: An address that `plain` takes, with its domain as a group, for a pattern of more than addresses that is compiled with re.ASCII
#: and says what follows; an address longer than PLAIN_MOST may be none.
PLAIN_PATTERN = rf"{_LOCAL}@(?P<domain>{_HOST})(?<!\d)"
PLAIN_MOST = _MOST_LOCAL
_LOWER_LABEL = "[a-z0-9]+(?:-[a-z0-9]+)*"
#: Some addresses of PLAIN_MOST letters at most, a line each, that `normalise` gives back as they are.
_AS_THEY_ARE = re.compile(rf"(?:{_LOCAL}@{_LOWER_LABEL}(?:\.{_LOWER_LABEL})+(?<!\d)\n)+", re.ASCII)


class Address(NamedTuple):
    """One checked address.

    `address`: local part as typed, domain as folded U-labels. `key`: case-folded, what must be unique. `domain`: folded
    U-labels. `ascii`: domain as A-labels, for the wire and the headers; the local part may still be non-ASCII, and then
    `needs_smtputf8` is true (RFC 6531).
    """

    address: str
    key: str
    domain: str
    ascii: str
    needs_smtputf8: bool


def normalise(text: str) -> Address:
    """The address in `text`, which may have blanks around it. Raises BadAddress with the reason."""
    stripped = text.strip()
    found = plain(stripped)
    if found is not None:
        address, key, domain = found
        return Address(address, key, domain, address, needs_smtputf8=False)
    return _normalise_thoroughly(stripped)


def normalise_all(texts: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The `address` and the `ascii` that `normalise` gives for each of `texts`. Raises BadAddress.

    Stored addresses nearly always are as they should be, and one look at all takes a fifth of the time.
    """
    lines = "\n".join([*texts, ""])
    if lines.count("\n") == len(texts) and max(map(len, texts), default=0) <= PLAIN_MOST and _AS_THEY_ARE.fullmatch(lines):
        return texts, texts
    found = [normalise(text) for text in texts]
    return [each.address for each in found], [each.ascii for each in found]


def plain(text: str) -> tuple[str, str, str] | None:
    """`address`, `key` and `domain` of an address in plain ASCII without blanks around it; None: `normalise` must look at it.

    Nearly all addresses are plain: an import asks this first, a million times.
    """
    found = _PLAIN.fullmatch(text)
    if found is None or len(text) > _MOST_ALL or text[-1].isdigit():
        return None
    local, domain = found.groups()
    if len(local) > _MOST_LOCAL:
        return None
    domain = domain.lower()
    address = f"{local}@{domain}"
    return address, address.lower(), domain


def mask(address: str) -> str:
    """`address` with only enough left to recognise one's own: "anna@example.org" becomes "a…@example.org"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def domain_to_ascii(domain: str) -> str:
    """The A-label form of `domain`. Raises BadAddress when it is no domain name."""
    try:
        ascii_form = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise BadAddress(Fault.NO_DOMAIN, domain=domain) from error
    if not _DOMAIN.fullmatch(ascii_form):
        raise BadAddress(Fault.NO_DOMAIN, domain=domain)
    return ascii_form


def _normalise_thoroughly(text: str) -> Address:
    """What the pattern for plain addresses did not take: other scripts, A-labels, and everything that is wrong."""
    if not text:
        raise BadAddress(Fault.EMPTY)
    for char in text:
        if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"}:
            raise BadAddress(Fault.INVISIBLE, code=f"{ord(char):04X}")
    if text.startswith("-"):
        raise BadAddress(Fault.HYPHEN)
    try:
        found = validate_email(
            text,
            allow_smtputf8=True,
            allow_quoted_local=False,
            allow_domain_literal=False,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError as error:
        raise of_library(str(error), text.rpartition("@")[2]) from error
    local, domain = found.local_part, found.domain.lower()
    ascii_domain = found.ascii_domain.lower()
    if len(local.encode()) > _MOST_LOCAL:
        raise BadAddress(Fault.LONG_BEFORE)
    if "." not in ascii_domain:
        raise BadAddress(Fault.NO_DOT, domain=domain)
    if ascii_domain.rpartition(".")[2].isdigit():
        raise BadAddress(Fault.NUMERIC)
    address = f"{local}@{domain}"
    if len(f"{local}@{ascii_domain}".encode()) > _MOST_ALL:
        raise BadAddress(Fault.LONG)
    # lower(), not casefold(): the latter would make one reader of straße@ and strasse@, which are two mailboxes.
    key = f"{unicodedata.normalize('NFC', local.lower())}@{domain}"
    return Address(address, key, domain, f"{local}@{ascii_domain}", needs_smtputf8=not local.isascii())
