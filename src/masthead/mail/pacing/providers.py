"""Which provider a domain's mailboxes are with: what one provider allows counts for all of its domains together.

A table by name and not by MX records: it needs no network, it cannot differ between two looks, and the few names in it are
most of every list. A domain that is not in it is a provider of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from masthead.common.addresses import domain_to_ascii

BUILT_IN: dict[str, tuple[str, ...]] = {
    "google": ("gmail.com", "googlemail.com"),
    "microsoft": (
        *("outlook.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "outlook.pt", "outlook.at", "outlook.be"),
        *("outlook.dk", "outlook.ie", "outlook.jp", "outlook.sa", "outlook.com.br", "outlook.com.au", "outlook.com.tr"),
        *("hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.es", "hotmail.it", "hotmail.nl", "hotmail.be", "hotmail.se"),
        *("hotmail.no", "hotmail.dk", "hotmail.ca", "hotmail.co.uk", "hotmail.com.br", "hotmail.com.ar", "hotmail.com.tr"),
        *("live.com", "live.de", "live.fr", "live.it", "live.nl", "live.be", "live.se", "live.no", "live.dk", "live.at"),
        *("live.ca", "live.ie", "live.co.uk", "live.com.au", "live.com.mx", "live.com.pt", "live.cn", "live.jp"),
        *("msn.com", "windowslive.com", "passport.com"),
    ),
    # Yahoo runs the mailboxes of AOL and those of several American and British access providers. Yahoo Japan is another firm.
    "yahoo": (
        *("yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it", "yahoo.ca", "yahoo.in", "yahoo.ie", "yahoo.se"),
        *("yahoo.gr", "yahoo.pl", "yahoo.ro", "yahoo.no", "yahoo.dk", "yahoo.at", "yahoo.co.uk", "yahoo.co.in", "yahoo.co.id"),
        *("yahoo.co.nz", "yahoo.co.za", "yahoo.com.au", "yahoo.com.br", "yahoo.com.ar", "yahoo.com.mx", "yahoo.com.tr"),
        *("yahoo.com.hk", "yahoo.com.sg", "yahoo.com.tw", "yahoo.com.ph", "yahoo.com.vn", "yahoo.com.my"),
        *("ymail.com", "rocketmail.com", "myyahoo.com", "aol.com", "aol.de", "aol.fr", "aol.it", "aol.co.uk", "aim.com"),
        *("verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "pacbell.net", "ameritech.net", "sky.com"),
    ),
    "apple": ("icloud.com", "me.com", "mac.com"),
    "gmx": ("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "gmx.org", "gmx.eu", "gmx.fr", "gmx.co.uk", "web.de", "mail.com"),
    "proton": ("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
    "yandex": ("yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "ya.ru", "narod.ru"),
    "mail.ru": ("mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru"),
    "t-online": ("t-online.de", "magenta.de"),
    "orange": ("orange.fr", "wanadoo.fr"),
    "sfr": ("sfr.fr", "neuf.fr", "cegetel.net", "club-internet.fr"),
    "libero": ("libero.it", "virgilio.it", "inwind.it", "iol.it", "blu.it"),
    "seznam": ("seznam.cz", "email.cz", "post.cz"),
    "wp": ("wp.pl", "o2.pl"),
    "onet": ("onet.pl", "onet.eu", "op.pl", "poczta.onet.pl", "vp.pl"),
    "bt": ("btinternet.com", "btopenworld.com", "talk21.com"),
    "virgin": ("virginmedia.com", "virgin.net", "ntlworld.com", "blueyonder.co.uk"),
    "tencent": ("qq.com", "foxmail.com"),
    "netease": ("163.com", "126.com", "yeah.net"),
    "fastmail": ("fastmail.com", "fastmail.fm"),
    "zoho": ("zoho.com", "zoho.eu", "zohomail.com", "zohomail.eu"),
}

_BUILT_IN = {domain: name for name, domains in BUILT_IN.items() for domain in domains}


class Providers:
    """The table, with an install's own rows in front: `own` maps a provider's name to more domains of it."""

    def __init__(self, own: Mapping[str, Iterable[str]] | None = None) -> None:
        self._by_domain = dict(_BUILT_IN)
        for name, domains in (own or {}).items():
            self._by_domain.update((_folded(domain), name) for domain in domains)

    def of(self, domain: str) -> str:
        """The provider's name; the domain itself where nobody else is known to keep its mailboxes."""
        folded = _folded(domain)
        return self._by_domain.get(folded, folded)

    def domains(self, name: str) -> list[str]:
        """The domains known to be with provider `name`; a name that stands for a single domain is that domain."""
        return sorted(domain for domain, provider in self._by_domain.items() if provider == name) or [name]


def _folded(domain: str) -> str:
    folded = domain.strip().rstrip(".").lower()
    return folded if folded.isascii() else domain_to_ascii(folded)
