"""Addresses that reach one mailbox, as far as the rules of large providers are known, and domains that look misspelt.

It is a guess to be shown to a person, never a reason to change anything by itself: only the provider knows its mailboxes.
"""

from __future__ import annotations

from masthead.common.addresses import BadAddress, normalise

#: Domains of one provider, by the one that stands for all: the same local part is the same mailbox.
_ONE = {
    "googlemail.com": "gmail.com",
    "protonmail.com": "proton.me",
    "pm.me": "proton.me",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
}
#: What the provider leaves out of a local part when it looks for the mailbox.
_LEFT_OUT = {"gmail.com": ".", "proton.me": ".-_"}
#: What stands behind + is for the reader's own filters there.
_PLUS = frozenset({"gmail.com", "proton.me", "icloud.com", "outlook.com", "hotmail.com", "live.com", "fastmail.com", "yandex.ru"})
#: Where a local part is not all of the mailbox: who looks for mailboxes in two spellings looks here.
FOLDING = frozenset(_ONE) | _PLUS

#: Domains that many readers have and hands mistype.
_FREQUENT = (
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "yahoo.com",
    "yahoo.fr",
    "yahoo.de",
    "yahoo.co.uk",
    "proton.me",
    "protonmail.com",
    "web.de",
    "t-online.de",
    "orange.fr",
    "wanadoo.fr",
    "laposte.net",
    "libero.it",
    "btinternet.com",
    "comcast.net",
)
#: Real ones that differ from a frequent one by a letter.
_REAL = frozenset(
    {"mail.com", "email.com", "ymail.com", "hotmail.de", "hotmail.it", "hotmail.es", "yahoo.es", "yahoo.it", "yahoo.ca"}
)
#: Shorter ones have too many real neighbours.
_LONG_ENOUGH = 8


def mailbox(address: str) -> str:
    """What two spellings of one mailbox have in common: at Gmail "Rosa.Marin+tides" and "rosamarin" are one."""
    try:
        key = normalise(address).key
    except BadAddress:
        key = address.lower()
    local, _at, domain = key.rpartition("@")
    domain = _ONE.get(domain, domain)
    if domain in _PLUS:
        local = local.partition("+")[0] or local
    for char in _LEFT_OUT.get(domain, ""):
        local = local.replace(char, "")
    return f"{local}@{domain}"


def misspelt(domain: str) -> str:
    """The frequent domain that `domain` was probably meant to be ("gmial.com"); empty when it looks right."""
    if domain in _FREQUENT or domain in _REAL:
        return ""
    return next((each for each in _FREQUENT if len(each) >= _LONG_ENOUGH and _one_slip(domain, each)), "")


def _one_slip(typed: str, meant: str) -> bool:
    """One letter too many, too few, wrong, or two in the wrong order."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = next(
        (at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), min(len(typed), len(meant))
    )
    rest, wanted = typed[start:], meant[start:]
    if rest[2:] == wanted[2:] and rest[:2] == wanted[1::-1]:
        return True
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
