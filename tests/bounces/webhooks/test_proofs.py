"""Only the provider's own post is taken: once, and nothing is kept of any other (rule S22)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from masthead.bounces.models import RawReport, Webhook
from masthead.bounces.webhooks import configuring, proofs, sns
from masthead.bounces.webhooks.proofs import Post, Unproven
from masthead.bounces.webhooks.providers import PROVIDERS
from masthead.bounces.webhooks.receiving import receive
from tests.bounces.webhooks import posting

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("provider", sorted(PROVIDERS))


def sample(provider: str) -> Post:
    return posting.post(provider, posting.hard(provider, address="ada@example.net"))


@EVERY
def test_a_post_with_the_providers_signature_is_stored_as_it_came_once(
    provider: str, webhook_of: Callable[[str], Webhook]
) -> None:
    webhook, post = webhook_of(provider), sample(provider)
    for _time in range(100):
        receive(webhook=webhook, post=post)
    assert RawReport.objects.get().raw.endswith(post.body)


@EVERY
def test_a_wrong_an_altered_and_a_missing_signature_leave_nothing_but_a_count(
    provider: str, webhook_of: Callable[[str], Webhook]
) -> None:
    webhook, post = webhook_of(provider), sample(provider)
    other = configuring.draft(existing=webhook, provider=provider, secret=_another(provider))
    with pytest.raises(Unproven):
        receive(webhook=other, post=post)
    if not PROVIDERS[provider].makes_own_secret and provider != "mailgun":  # which signs time and token, not the event
        with pytest.raises(Unproven):
            receive(webhook=webhook, post=dataclasses.replace(post, body=post.body.replace(b"ada", b"eve")))
    bare = b"{}" if provider in {"mailgun", "ses", "unisender"} else post.body
    with pytest.raises(Unproven):
        receive(webhook=webhook, post=dataclasses.replace(post, body=bare, headers={"content-type": "application/json"}))
    webhook.refresh_from_db()
    assert (RawReport.objects.count(), webhook.posts) == (0, 0)
    assert webhook.refused >= 2
    assert webhook.refused_at == posting.NOW


@pytest.mark.parametrize("provider", ["mailgun", "resend", "sendgrid", "ses"])
def test_a_recording_that_is_too_old_is_refused(provider: str, webhook_of: Callable[[str], Webhook]) -> None:
    for away in (timedelta(days=4), timedelta(days=-1)):
        with pytest.raises(Unproven):
            receive(webhook=webhook_of(provider), post=dataclasses.replace(sample(provider), at=posting.NOW + away))
        Webhook.objects.all().delete()


def test_svix_is_not_taken_a_quarter_of_an_hour_later() -> None:
    with pytest.raises(Unproven, match="too long ago"):
        proofs.by_svix(dataclasses.replace(sample("resend"), at=posting.NOW + timedelta(minutes=15)), posting.SVIX_SECRET)


@pytest.mark.parametrize(
    "address",
    [
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a.pem",
        "https://evil.example/SimpleNotificationService-0a.pem",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0a.pem",
        "https://sns.eu-west-1.amazonaws.com/other.pem",
    ],
)
def test_amazons_certificate_is_asked_for_nowhere_else(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(url: str) -> bytes:
        raise AssertionError(url)

    monkeypatch.setattr(sns, "certificate", asked)
    message = json.loads(sample("ses").body) | {"SigningCertURL": address}
    with pytest.raises(Unproven):
        sns.prove(dataclasses.replace(sample("ses"), body=json.dumps(message).encode()), posting.TOPIC)


def test_a_message_of_another_topic_is_refused_although_amazon_signed_it() -> None:
    with pytest.raises(Unproven, match="another topic"):
        sns.prove(sample("ses"), posting.TOPIC + "-of-somebody-else")


def test_a_signature_of_the_first_version_is_understood_too() -> None:
    body = posting.sns({"Type": "Notification", "Message": "{}", "Timestamp": posting.ISO, "Subject": "x"}, version="1")
    sns.prove(Post(body, {}, posting.URL, posting.NOW), posting.TOPIC)


def test_a_webhook_without_a_key_yet_refuses_everything() -> None:
    webhook = configuring.keep(webhook=configuring.draft(provider="resend"), by="staff:1", now=posting.NOW)
    with pytest.raises(Unproven, match="No key"):
        receive(webhook=webhook, post=sample("resend"))


def _another(provider: str) -> str:
    return {
        "ses": posting.TOPIC + "-other",
        "sendgrid": posting.secret_of("postal"),
        "postal": posting.secret_of("sendgrid"),
    }.get(provider, "whsec_AAAA" if provider == "resend" else "another-key")
