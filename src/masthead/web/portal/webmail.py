"""Where the common mail services are read. A fixed table: nobody is asked."""

from __future__ import annotations

_SERVICES = {
    "Gmail": ("https://mail.google.com/", ("gmail.com", "googlemail.com")),
    "Outlook": (
        "https://outlook.live.com/mail/",
        ("outlook.com", "hotmail.com", "live.com", "msn.com", "hotmail.fr"),
    ),
    "Yahoo Mail": ("https://mail.yahoo.com/", ("yahoo.com", "yahoo.fr", "yahoo.de", "yahoo.es", "yahoo.co.uk", "ymail.com")),
    "iCloud Mail": ("https://www.icloud.com/mail/", ("icloud.com", "me.com", "mac.com")),
    "Proton Mail": ("https://mail.proton.me/", ("proton.me", "protonmail.com", "pm.me")),
    "Tuta": ("https://app.tuta.com/", ("tuta.com", "tutanota.com", "tuta.io", "tutamail.com")),
    "GMX": ("https://www.gmx.net/", ("gmx.net", "gmx.de", "gmx.at", "gmx.ch")),
    "WEB.DE": ("https://web.de/", ("web.de",)),
    "Orange": ("https://messagerie.orange.fr/", ("orange.fr", "wanadoo.fr")),
    "La Poste": ("https://www.laposte.net/accueil", ("laposte.net",)),
    "Posteo": ("https://posteo.de/", ("posteo.de", "posteo.net")),
    "Fastmail": ("https://app.fastmail.com/", ("fastmail.com", "fastmail.fm")),
}
_BY_DOMAIN = {domain: (name, url) for name, (url, domains) in _SERVICES.items() for domain in domains}


def webmail_of(address: str) -> tuple[str, str] | None:
    """Name and address of the service behind `address`, or None."""
    return _BY_DOMAIN.get(address.rpartition("@")[2].strip().lower())
