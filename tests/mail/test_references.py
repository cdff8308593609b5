"""What a provider is told beside the Message-ID, so that its events name the mail."""

from __future__ import annotations

import dataclasses
import email
import json

import pytest

from masthead.mail.headers import references
from tests.mail.test_bulk import PARTS, fill

MESSAGE_ID = f"{'m' * 39}@news.example.org"


@pytest.mark.parametrize(
    ("hosts", "providers"),
    [
        (["smtp.postmarkapp.com"], ["postmark"]),
        (["smtp-broadcasts.postmarkapp.com."], ["postmark"]),
        (["SMTP.EU.Mailgun.org", "in-v3.mailjet.com"], ["mailgun", "mailjet"]),
        (["smtp.eu.sparkpostmail.com", "smtp.sendgrid.net"], ["sendgrid", "sparkpost"]),
        (["live.smtp.mailtrap.io", "smtp-relay.brevo.com", "smtp.mandrillapp.com"], ["brevo", "mailtrap", "mandrill"]),
        (["email-smtp.eu-west-1.amazonaws.com"], []),  # leaves the envelope's sender as it was
        (["notpostmarkapp.com", "postmarkapp.com.example.org", "localhost", "[::1]", ""], []),
    ],
)
def test_providers_are_known_by_their_servers(hosts: list[str], providers: list[str]) -> None:
    assert references.providers_of(hosts) == providers


@pytest.mark.parametrize(
    ("provider", "header", "value"),
    [
        ("brevo", "X-Mailin-custom", MESSAGE_ID),
        ("mailgun", "X-Mailgun-Variables", {"message-id": MESSAGE_ID}),
        ("mailjet", "X-MJ-CustomID", MESSAGE_ID),
        ("mailtrap", "X-MT-Custom-Variables", {"message-id": MESSAGE_ID}),
        ("mandrill", "X-MC-Metadata", {"message-id": MESSAGE_ID}),
        ("postmark", "X-PM-Metadata-message-id", MESSAGE_ID),
        ("sendgrid", "X-SMTPAPI", {"unique_args": {"message-id": MESSAGE_ID}}),
        ("sparkpost", "X-MSYS-API", {"metadata": {"message-id": MESSAGE_ID}}),
    ],
)
def test_each_provider_is_told_the_message_id_in_its_own_header(provider: str, header: str, value: object) -> None:
    mail = fill(dataclasses.replace(PARTS, providers=(provider,)))
    said = email.message_from_bytes(mail.raw)[header]
    assert (json.loads(said) if said.startswith("{") else said) == value
    assert email.message_from_bytes(mail.raw)["Message-ID"] == f"<{MESSAGE_ID}>"
    assert mail.digest != fill().digest


def test_nothing_is_added_for_anybody_else() -> None:
    assert fill(dataclasses.replace(PARTS, providers=("somebody",))).raw == fill().raw
