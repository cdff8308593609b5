"""From a provider's stored post to findings: one for each event about one reader, each event once, however often it is posted."""

from __future__ import annotations

import importlib
import io
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction

from masthead.bounces import findings, intake
from masthead.bounces.identifying import Owner, owner_of
from masthead.bounces.models import Finding, RawReport, Webhook
from masthead.bounces.reading.finding import AUTO_REPLY, BOUNCE, COMPLAINT, DEAD, DELAYED, DELIVERED, FROM_FINAL, REASONS, Failure
from masthead.bounces.reading.finding import Finding as Reading
from masthead.bounces.reading.reasons import judge
from masthead.bounces.rules import LEAVE
from masthead.bounces.webhooks import hints, sns
from masthead.bounces.webhooks.proofs import Unproven
from masthead.bounces.webhooks.providers import PROVIDERS
from masthead.bounces.webhooks.receiving import unwrapped
from masthead.delivery.models import Delivery

State = RawReport.State

#: anymail's words for events (its `signals.EventType`) and ours. What is not here (sent, opened, clicked …) is nobody's return.
_KINDS = {
    "bounced": BOUNCE,
    "rejected": BOUNCE,
    "failed": BOUNCE,
    "deferred": DELAYED,
    "delivered": DELIVERED,
    "complained": COMPLAINT,
    "autoresponded": AUTO_REPLY,
    "unsubscribed": LEAVE,
}
#: Our tokens in whatever field a provider hands them back: the envelope's, and the Message-ID's.
_ENVELOPE = re.compile(r"(?<![A-Za-z0-9])b\+([a-z2-7]{34})@", re.I)
_MESSAGE_ID = re.compile(r"(?<![A-Za-z0-9+])([a-z2-7]{34}@[a-z0-9.-]{1,253})", re.I)
#: A mail bounces within days: an event that names only an address is about the last mail to it within this time.
_MAIL_LIVES = timedelta(days=7)
_MOST_EVENTS = 5000


class Unreadable(Exception):
    """The post is in no form that is known; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event about one reader. `fields` are the provider's own; `at` is null where it does not say."""

    provider: str
    type: str
    recipient: str
    words: str
    reject_reason: str
    feedback_type: str
    fields: dict[str, Any]
    at: datetime | None

    @property
    def raw(self) -> bytes:
        """The same bytes for the same event, also when it comes in other company or with another signature."""
        fields = {name: each for name, each in self.fields.items() if name not in ("signature", "auth")}
        text = json.dumps([self.provider, self.recipient, fields], sort_keys=True, ensure_ascii=False, default=str)
        return f"Masthead-Event: {self.provider}\n\n{text}\n".encode("utf-8", "replace")


def read_waiting(*, most: int = 200) -> list[Finding]:
    """Read the posts that wait, oldest first. Returns the new findings, which are to be judged.

    A post that cannot be read stays, marked as such and with the reason; the others do not wait for it.
    """
    waiting = RawReport.objects.filter(state=State.WAITING, via=RawReport.Via.WEBHOOK).order_by("id")[:most]
    found: list[Finding] = []
    for report in waiting.iterator(chunk_size=20):
        try:
            provider, content_type, body = unwrapped(bytes(report.raw))
            if provider == "ses" and _is_about_the_subscription(report, body):
                continue
            found += _keep(report, list(events(provider, content_type, body)))
        except (Unreadable, sns.NotNow, Unproven, ValueError) as error:
            RawReport.objects.filter(pk=report.pk).update(state=State.UNREAD, note=str(error)[:300])
            Webhook.objects.filter(name=report.source).update(trouble=str(error)[:500])
    return found


def events(provider: str, content_type: str, body: bytes) -> Iterator[Event]:
    """The events of a post that may mean something, by anymail's parser. Raises Unreadable."""
    if provider not in PROVIDERS:
        raise Unreadable(f"There is no provider {provider!r}.")
    try:
        parsed = _parsed(provider, content_type, body)
    except (LookupError, TypeError, AttributeError, ValueError, AssertionError, OverflowError, RecursionError) as error:
        raise Unreadable(f"The post has another form than {PROVIDERS[provider].label}'s: {type(error).__name__}.") from error
    except SuspiciousOperation as error:
        raise Unreadable(str(error)) from error
    for each in parsed[:_MOST_EVENTS]:
        if each.event_type in _KINDS:
            yield Event(
                provider=provider,
                type=each.event_type,
                recipient=str(each.recipient or "")[:320],
                words=str(each.mta_response or "")[:4000] or str(each.description or "")[:4000],
                reject_reason=str(each.reject_reason or ""),
                feedback_type=_feedback_type(each),
                fields=each.esp_event if isinstance(each.esp_event, dict) else dict(each.esp_event.items()),
                at=each.timestamp,
            )


def reading_of(event: Event) -> Reading:
    """What `event` tells: the receiving server's words first, then the provider's."""
    kind = _KINDS[event.type]
    text = json.dumps(event.fields, ensure_ascii=False, default=str)[:200_000]
    hint = hints.of(event.provider, event.fields, event.recipient)
    said = " ".join(dict.fromkeys(each for each in (hint.words, event.words) if each))
    known: dict[str, Any] = {
        "address": event.recipient,
        "address_from": FROM_FINAL,
        "tokens": tuple(dict.fromkeys(each.lower() for each in _ENVELOPE.findall(text)))[:5],
        "message_ids": tuple(dict.fromkeys(each.lower() for each in _MESSAGE_ID.findall(text)))[:5],
        "reader": event.provider,
    }
    if kind in (COMPLAINT, LEAVE, AUTO_REPLY, DELIVERED):
        reason = {COMPLAINT: "feedback", AUTO_REPLY: "vacation", DELIVERED: "delivered"}.get(kind, "undefined")
        return Reading(kind, reason, feedback_type=event.feedback_type if kind == COMPLAINT else "", words=said[:500], **known)
    certain = "suppressed" if event.type == "rejected" and event.reject_reason in _SUPPRESSED else hint.reason
    judged = judge(Failure("", "", words=said, status=hint.status, reply=hint.reply, reason=certain), "", "")
    reason = judged.reason
    if reason == "undefined" and hint.otherwise in REASONS:
        reason = hint.otherwise
    status_class = judged.status_class or ("4" if hint.soft or kind == DELAYED else "5")
    is_hard = kind == BOUNCE and status_class == "5" and hint.soft is not True
    return Reading(
        kind=kind,
        reason=reason,
        status_class=status_class,
        dead=is_hard and reason in DEAD and judged.proven,
        reply=judged.reply,
        status=judged.status,
        words=judged.words or hint.otherwise,
        said=judged.said or reason == hint.otherwise,
        **known,
    )


#: anymail's `signals.RejectReason`: the provider remembers an earlier bounce, complaint or farewell and sent nothing.
_SUPPRESSED = frozenset({"bounced", "spam", "unsubscribed", "timed_out"})


@transaction.atomic
def _keep(report: RawReport, found: list[Event]) -> list[Finding]:
    """A finding for each new event. The post is emptied: each event has its part, which goes with its reader."""
    note = f"{len(found)} events"
    claimed = RawReport.objects.filter(pk=report.pk, state=State.WAITING).update(state=State.READ, note=note, raw=b"")
    if not claimed:
        return []  # another process was first
    kept = []
    for event in found:
        own, is_new = intake.store(raw=event.raw, via=intake.Via.WEBHOOK, source=report.source, now=report.received_at)
        if is_new:
            kept.append(_finding(own, event, report.received_at))
    return kept


def _finding(report: RawReport, event: Event, came: datetime) -> Finding:
    reading = reading_of(event)
    at = min(event.at, came) if event.at is not None else came
    owner = _owner_of(reading, at)
    RawReport.objects.filter(pk=report.pk).update(state=State.READ, subscriber=owner.subscriber)
    return Finding.objects.create(report=report, **findings.columns(reading, owner, at))


def _owner_of(reading: Reading, at: datetime) -> Owner:
    """By token or Message-ID; else by the address that the provider signed, and then about the last mail to it."""
    owner = owner_of(reading)
    if owner.identity != Finding.Identity.ADDRESS or owner.subscriber is None:
        return owner
    times = (int((at - _MAIL_LIVES).timestamp()), int(at.timestamp()) + 1)
    mails = Delivery.objects.filter(subscriber=owner.subscriber, state=Delivery.State.ACCEPTED, at__range=times)
    return Owner(Finding.Identity.PROVIDER, mails.select_related("campaign").order_by("-at", "-id").first(), owner.subscriber)


def _parsed(provider: str, content_type: str, body: bytes) -> list[Any]:
    """anymail's events. Its views are made without their settings: the proof was ours, and nothing but their parser is used."""
    module, _dot, name = PROVIDERS[provider].parser.partition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        view_class = getattr(importlib.import_module(f"anymail.webhooks.{module}"), name)
    view = view_class.__new__(view_class)
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
    )
    return list(view.parse_events(request))


def _feedback_type(event: Any) -> str:
    """A provider's complaint is the reader's unless the report says otherwise (RFC 5965 §7.3)."""
    said = str(event.description or "").lower()
    return said if said in ("auth-failure", "fraud", "virus", "other", "not-spam", "opt-out") else "abuse"


def _is_about_the_subscription(report: RawReport, body: bytes) -> bool:
    """Whether this is SNS asking to confirm that we want a topic's messages, which is done, or saying that it stops."""
    message = sns.parse(body)
    if message.get("Type") == "Notification":
        return "Successfully validated SNS topic" in str(message.get("Message")) and _done(report, "a test of the topic")
    if message.get("Type") == "SubscriptionConfirmation":
        sns.confirm(message)
        Webhook.objects.filter(name=report.source).update(trouble="")
        return _done(report, "the subscription was confirmed")
    words = "Amazon says that the subscription ended: nothing comes by it any more."
    Webhook.objects.filter(name=report.source).update(trouble=words)
    return _done(report, "the subscription ended")


def _done(report: RawReport, note: str) -> bool:
    RawReport.objects.filter(pk=report.pk).update(state=State.READ, note=note)
    return True
