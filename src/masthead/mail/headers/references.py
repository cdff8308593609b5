"""Headers by which a mail provider hands back, in each of its events, the Message-ID that we gave the mail.

For providers that put an envelope sender and a Message-ID of their own into a mail: without this their events name nothing but
an address. Amazon SES, Postal and whoever else leaves one of the two as it was needs none. The value says no more than the
Message-ID, which everybody sees who gets the mail.
"""

from __future__ import annotations

from collections.abc import Iterable

from masthead.common.hosts import is_under

#: Provider, the domains of its SMTP servers, and the header, with %s for the Message-ID without its angle brackets. Each from
#: the provider's documentation of sending by SMTP; what its events call the value stands behind.
_PROVIDERS = (
    ("brevo", ("brevo.com", "sendinblue.com"), "X-Mailin-custom: %s"),  # X-Mailin-custom
    ("mailgun", ("mailgun.org",), 'X-Mailgun-Variables: {"message-id": "%s"}'),  # user-variables
    ("mailjet", ("mailjet.com",), "X-MJ-CustomID: %s"),  # CustomID
    ("mailtrap", ("mailtrap.io",), 'X-MT-Custom-Variables: {"message-id": "%s"}'),  # custom_variables
    ("mandrill", ("mandrillapp.com",), 'X-MC-Metadata: {"message-id": "%s"}'),  # metadata
    ("postmark", ("postmarkapp.com",), "X-PM-Metadata-message-id: %s"),  # Metadata
    ("sendgrid", ("sendgrid.net",), 'X-SMTPAPI: {"unique_args": {"message-id": "%s"}}'),  # message-id
    ("sparkpost", ("sparkpostmail.com",), 'X-MSYS-API: {"metadata": {"message-id": "%s"}}'),  # rcpt_meta
)
_HEADERS = {name: header for name, _domains, header in _PROVIDERS}


def providers_of(hosts: Iterable[str]) -> list[str]:
    """The providers, sorted, that `hosts` (of SMTP servers) belong to and that need such a header."""
    asked = [host.lower().rstrip(".") for host in hosts]
    return [name for name, domains, _header in _PROVIDERS if any(is_under(host, each) for host in asked for each in domains)]


def headers(providers: Iterable[str]) -> str:
    """The header lines for `providers`, each with a %s and CRLF. A provider that is not known any more has none."""
    return "".join(f"{_HEADERS[name]}\r\n" for name in providers if name in _HEADERS)
