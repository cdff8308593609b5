"""What mail providers ask their customers to put into SPF: for relays whose outgoing addresses nobody else can know."""

from __future__ import annotations

from typing import Final

from masthead.common.hosts import is_under

#: The end of the relay's host name → the domain to include.
INCLUDES: Final[dict[str, str]] = {
    "amazonaws.com": "amazonses.com",
    "brevo.com": "spf.brevo.com",
    "sendinblue.com": "spf.sendinblue.com",
    "mailersend.net": "_spf.mailersend.net",
    "mailgun.org": "mailgun.org",
    "mailjet.com": "spf.mailjet.com",
    "mandrillapp.com": "spf.mandrillapp.com",
    "mtasv.net": "spf.mtasv.net",
    "postmarkapp.com": "spf.mtasv.net",
    "resend.com": "amazonses.com",
    "sendgrid.net": "sendgrid.net",
    "sparkpostmail.com": "sparkpostmail.com",
    "google.com": "_spf.google.com",
    "gmail.com": "_spf.google.com",
    "outlook.com": "spf.protection.outlook.com",
    "office365.com": "spf.protection.outlook.com",
    "fastmail.com": "spf.messagingengine.com",
    "messagingengine.com": "spf.messagingengine.com",
}


def include_of(host: str) -> str:
    """The domain that the provider of the relay `host` asks to include, or ""."""
    name = host.lower().rstrip(".")
    return next((include for end, include in INCLUDES.items() if is_under(name, end)), "")
