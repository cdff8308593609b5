"""What providers post becomes findings, by anymail's parsers, and is judged like any report."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from masthead.audience.models import ConsentEvent
from masthead.bounces import acting
from masthead.bounces.models import Finding, RawReport, Webhook
from masthead.bounces.webhooks import reading, sns
from masthead.bounces.webhooks.proofs import Post
from masthead.bounces.webhooks.providers import PROVIDERS
from masthead.bounces.webhooks.receiving import receive
from masthead.common.fetching import Page
from masthead.delivery.models import Campaign, Delivery
from masthead.mail import sealing
from masthead.mail.models import Suppression
from tests.bounces.webhooks import posting

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("provider", sorted(PROVIDERS))
#: These hand back the envelope's sender, and so the token in it; the others the Message-ID, where it was given to them.
WITH_ENVELOPE = {"ses", "mailgun", "sparkpost", "postal"}
AT = int(posting.NOW.timestamp()) - 3600


def ours(delivery: Delivery) -> dict[str, str]:
    token, own = sealing.seal(sealing.BOUNCE, delivery.pk), sealing.seal(sealing.MESSAGE_ID, delivery.pk)
    return {"sender": f"b+{token}@bounce.example.org", "message_id": f"{own}@example.org"}


@EVERY
def test_a_dead_address_is_recognised_in_every_providers_words(
    provider: str, campaign: Campaign, reader: Any, deliver: Callable[..., Delivery], come_in: Callable[..., Finding]
) -> None:
    delivery = deliver(campaign, reader, at=AT)
    finding = come_in(provider, posting.hard(provider, address=reader.address, **ours(delivery)))
    assert (finding.kind, finding.reason, finding.status_class, finding.dead) == ("bounce", "userunknown", "5", True)
    assert (finding.status, finding.reply) == ("5.1.1", "550")
    assert finding.subscriber == reader
    assert finding.delivery == delivery
    assert reader.address not in finding.words
    expected = "token" if provider in WITH_ENVELOPE else "provider" if provider == "mailersend" else "message-id"
    assert finding.identity == expected
    assert finding.outcome == (Finding.Outcome.SUPPRESSED if expected == "token" else Finding.Outcome.FIRST)
    assert Suppression.objects.exists() == (expected == "token")


@EVERY
def test_a_complaint_takes_the_reader_off(
    provider: str, campaign: Campaign, reader: Any, deliver: Callable[..., Delivery], come_in: Callable[..., Finding]
) -> None:
    if provider == "postal":
        pytest.skip("Postal posts no complaints")
    deliver(campaign, reader, at=AT)
    finding = come_in(provider, posting.complaint(provider, address=reader.address))
    assert (finding.kind, finding.feedback_type, finding.identity) == ("complaint", "abuse", "provider")
    assert finding.outcome == Finding.Outcome.COMPLAINED
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINED


@EVERY
def test_an_event_that_is_posted_a_hundred_times_in_whatever_company_is_one(
    provider: str, campaign: Campaign, reader: Any, deliver: Callable[..., Delivery], webhook_of: Callable[[str], Webhook]
) -> None:
    deliver(campaign, reader, at=AT)
    webhook, event = webhook_of(provider), posting.hard(provider, address=reader.address)
    for number in range(100 if provider != "postal" else 10):
        receive(webhook=webhook, post=posting.post(provider, event, at=posting.NOW + timedelta(seconds=number)))
    if isinstance(event, list):
        other = posting.hard(provider, address="somebody@example.net")
        receive(webhook=webhook, post=posting.post(provider, [*event, *other]))
    reading.read_waiting()
    assert Finding.objects.filter(subscriber=reader).count() == 1
    assert Finding.objects.count() == (2 if isinstance(event, list) else 1)
    assert not RawReport.objects.filter(state=RawReport.State.WAITING).exists()


def test_two_campaigns_that_come_back_dead_by_the_providers_word_alone_suppress(
    make_campaign: Callable[..., Campaign], reader: Any, deliver: Callable[..., Delivery], come_in: Callable[..., Finding]
) -> None:
    outcomes = []
    for number, days in ((1971, 0), (1972, 7)):
        at = posting.NOW + timedelta(days=days)
        delivery = deliver(make_campaign(number), reader, at=int(at.timestamp()) - 7200)
        event = posting.hard("mailersend", address=reader.address)
        event["data"]["created_at"] = (at - timedelta(minutes=1)).isoformat()
        finding = come_in("mailersend", event, at=at)
        assert finding.delivery == delivery
        outcomes.append(finding.outcome)
    assert outcomes == [Finding.Outcome.FIRST, Finding.Outcome.SUPPRESSED]


def test_an_address_that_is_nobodys_suppresses_nobody(come_in: Callable[..., Finding]) -> None:
    finding = come_in("postmark", posting.complaint("postmark", address="stranger@example.net"))
    assert (finding.identity, finding.outcome) == (Finding.Identity.NONE, Finding.Outcome.ALARM)
    assert not Suppression.objects.exists()


SOFT = [
    ("ses", {"bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients": [{}]}}, "mailboxfull"),
    ("sendgrid", {"event": "dropped", "type": "", "reason": "Bounced Address", "status": ""}, "suppressed"),
    ("mailjet", {"error": "quota exceeded", "hard_bounce": False, "comment": ""}, "mailboxfull"),
    ("brevo", {"event": "soft_bounce", "reason": "452 4.2.2 The email account is over quota"}, "mailboxfull"),
    (
        "postmark",
        {"Type": "DMARCPolicy", "Details": "550 5.7.1 Unauthenticated email is not accepted due to DMARC"},
        "authfailure",
    ),
    ("brevo", {"event": "blocked", "reason": ""}, "suppressed"),
]


@pytest.mark.parametrize(("provider", "change", "reason"), SOFT)
def test_what_is_no_dead_address_is_told_from_one(
    provider: str, change: dict[str, Any], reason: str, reader: Any, come_in: Callable[..., Finding]
) -> None:
    event = posting.hard(provider, address=reader.address)
    if provider == "ses":
        change["bounce"]["bouncedRecipients"] = [{"emailAddress": reader.address}]
    changed = [{**event[0], **change}] if isinstance(event, list) else {**event, **change}
    finding = come_in(provider, changed)
    assert (finding.kind, finding.reason, finding.dead) == ("bounce", reason, False)
    assert not Suppression.objects.exists()


def test_a_delay_a_delivery_and_a_farewell_are_told_apart(
    campaign: Campaign, reader: Any, deliver: Callable[..., Delivery], come_in: Callable[..., Finding]
) -> None:
    deliver(campaign, reader, at=AT)
    (event,) = posting.hard("sendgrid", address=reader.address)
    deferred = {**event, "event": "deferred", "reason": "450 4.2.0 greylisted, try later", "status": ""}
    assert come_in("sendgrid", [deferred]).kind == "delayed"
    assert come_in("sendgrid", [{**event, "event": "delivered", "response": "250 OK"}]).kind == "delivered"
    left = come_in("sendgrid", [{**event, "event": "unsubscribe"}])
    assert left.outcome == Finding.Outcome.LEFT
    assert ConsentEvent.objects.filter(subscriber=reader, kind=ConsentEvent.Kind.WITHDRAWN).exists()
    count = Finding.objects.count()
    come_in("sendgrid", [{**event, "event": "open"}, {**event, "event": "click", "url": "https://example.org/"}])
    assert Finding.objects.count() == count


@EVERY
def test_a_signed_post_in_an_unknown_form_stays_for_a_person(provider: str, webhook_of: Callable[[str], Webhook]) -> None:
    webhook = webhook_of(provider)
    for odd in ([[]], {"": [1]}, [1, "x"]):
        event: Any = odd if provider not in {"mailgun", "unisender"} else {"event-data": odd, "events_by_user": odd}
        receive(webhook=webhook, post=posting.post(provider, event))
    assert reading.read_waiting() == []
    assert not RawReport.objects.filter(state=RawReport.State.WAITING).exists()


def test_the_post_is_emptied_once_its_events_stand_alone_and_goes_with_its_reader(
    reader: Any, come_in: Callable[..., Finding]
) -> None:
    finding = come_in("mailjet", posting.hard("mailjet", address=reader.address))
    emptied = RawReport.objects.exclude(pk=finding.report_id).get()
    assert (bytes(emptied.raw), emptied.note) == (b"", "1 events")
    assert finding.report is not None
    assert finding.report.subscriber == reader
    assert json.loads(bytes(finding.report.raw).partition(b"\n\n")[2])[1] == reader.address


def test_a_subscription_is_confirmed_at_amazon_only(webhook_of: Callable[[str], Webhook], monkeypatch: Any) -> None:
    webhook, asked = webhook_of("ses"), list[str]()

    def fetch(url: str, **_given: object) -> Page:
        asked.append(url)
        return Page(url, 200, {}, b"<ConfirmSubscriptionResponse/>")

    monkeypatch.setattr(sns, "fetch", fetch)
    for number, address in enumerate(
        (
            "https://evil.example/?Action=ConfirmSubscription&Token=1",
            "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:x&Token=2336412f37",
        )
    ):
        message = {"Type": "SubscriptionConfirmation", "Message": "You have chosen …", "Token": f"t{number}"}
        body = posting.sns({**message, "SubscribeURL": address, "Timestamp": posting.ISO})
        receive(webhook=webhook, post=Post(body, {"content-type": "text/plain"}, posting.URL, posting.NOW))
        reading.read_waiting()
        webhook.refresh_from_db()
        assert bool(webhook.trouble) == (number == 0)
    assert asked == ["https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:x&Token=2336412f37"]
    assert acting.judge_pending(now=posting.NOW) == []
