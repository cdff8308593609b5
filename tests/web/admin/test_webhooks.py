"""A webhook at the desk: an address to copy, a key to paste, what came."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from masthead.bounces.models import Webhook
from masthead.bounces.webhooks import configuring
from masthead.common.urls import path
from masthead.mail import sealing
from tests.bounces.webhooks import posting


def test_the_desk_makes_an_address_takes_a_key_and_never_shows_it(owner_at_desk: Client, publication: object) -> None:
    answer = owner_at_desk.post(reverse("desk_webhook_new"), {"provider": "resend"})
    webhook = Webhook.objects.get()
    assert answer["Location"] == reverse("desk_webhook", args=[webhook.pk])
    page = owner_at_desk.get(answer["Location"]).content.decode()
    assert path("webhook", token=sealing.seal(sealing.WEBHOOK, webhook.number)) in page
    form = {"act": "keep", "name": "Ours", "secret": posting.SVIX_SECRET, "in_use": "on"}
    owner_at_desk.post(answer["Location"], form)
    page = owner_at_desk.get(answer["Location"]).content.decode() + owner_at_desk.get(reverse("desk_webhooks")).content.decode()
    webhook.refresh_from_db()
    assert (webhook.name, posting.SVIX_SECRET in page) == ("Ours", False)
    assert posting.SVIX_SECRET.encode() not in bytes(webhook.secret_sealed)
    before = webhook.number
    owner_at_desk.post(answer["Location"], {"act": "renew"})
    assert Webhook.objects.get().number != before
    page = owner_at_desk.post(reverse("desk_webhook_new"), {"provider": "ses", "name": "Ours"}).content.decode()
    assert "There is a webhook named" in page
    owner_at_desk.post(answer["Location"], {"act": "remove"})
    assert not Webhook.objects.exists()


def test_where_a_provider_signs_nothing_a_password_of_ours_is_in_the_address(owner_at_desk: Client, publication: object) -> None:
    owner_at_desk.post(reverse("desk_webhook_new"), {"provider": "brevo"})
    webhook = Webhook.objects.get()
    assert f"//masthead:{_password(webhook)}@" in owner_at_desk.get(reverse("desk_webhook", args=[webhook.pk])).content.decode()


def _password(webhook: Webhook) -> str:
    return configuring.address_of(webhook).partition("//masthead:")[2].partition("@")[0]
