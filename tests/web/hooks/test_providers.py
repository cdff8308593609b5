"""What mail providers post to is known by its token and by their signature; wrong ones learn nothing and leave nothing."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from masthead.bounces.models import RawReport, Webhook
from masthead.bounces.webhooks import configuring
from masthead.common.urls import path
from masthead.mail import sealing
from tests.bounces.webhooks import posting


def test_a_post_is_stored_and_answered_and_a_wrong_one_is_refused(publication: object, client: Client) -> None:
    now = timezone.now()
    drafted = configuring.draft(provider="mailersend", secret=posting.SECRET)
    webhook = configuring.keep(webhook=drafted, by="staff:1", now=now)
    url = path("webhook", token=sealing.seal(sealing.WEBHOOK, webhook.number))
    assert configuring.plain_address_of(webhook, base="https://bulletin.example").endswith(url)
    post = posting.post("mailersend", posting.hard("mailersend", address="ada@example.net"))
    given = {"data": post.body, "content_type": "application/json"}
    for _time in range(3):
        answer = client.post(url, **given, headers={"signature": post.headers["signature"]})  # type: ignore[arg-type]
        assert (answer.status_code, answer.cookies) == (200, {})
    assert RawReport.objects.get().state == RawReport.State.WAITING
    assert client.post(url, **given, headers={"signature": "0" * 64}).status_code == 400  # type: ignore[arg-type]
    assert client.post(url, data=b"x" * 1_100_000, content_type="application/json").status_code == 413
    assert (client.get(url).status_code, client.head(url).status_code, client.put(url).status_code) == (200, 200, 405)
    assert RawReport.objects.count() == 1
    webhook.refresh_from_db()
    assert (webhook.posts, webhook.refused) == (3, 1)


def test_a_token_of_another_purpose_an_old_one_and_a_webhook_out_of_use_are_not_known(
    publication: object, client: Client
) -> None:
    drafted = configuring.draft(provider="postmark")
    webhook = configuring.keep(webhook=drafted, by="staff:1", now=timezone.now())
    old = sealing.seal(sealing.WEBHOOK, webhook.number)
    configuring.renew(webhook=webhook, by="staff:1", now=timezone.now())
    present = sealing.seal(sealing.WEBHOOK, webhook.number)
    assert client.post(path("webhook", token=present)).status_code == 400
    wrong = [old, sealing.seal(sealing.LINK, webhook.number), sealing.seal(sealing.WEBHOOK, 0), "x" * 34]
    Webhook.objects.update(in_use=False)
    for token in [*wrong, present]:
        assert client.post(path("webhook", token=token)).status_code == 404
