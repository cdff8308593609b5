"""The acts of consent of a re-confirmation: saying yes anew, and taking back that a deadline took somebody off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from masthead.audience import consent, events
from masthead.audience.models import ConsentEvent, MailingList, Subscriber, Subscription

State = Subscription.State
Kind = ConsentEvent.Kind


@transaction.atomic
def reaffirm(*, subscriber: Subscriber, mailing_list: MailingList, how: str, text: str, now: datetime) -> None:
    """A reader who was asked anew says yes: an event for who is on the list, and the list again for who was taken off it."""
    subscriber = subscriber.person
    on = subscriber.subscriptions.filter(list=mailing_list, state=State.ACTIVE).exists()
    if on:
        events.write(subscriber, [mailing_list], Kind.CONFIRMED, how=how, by="reader", now=now, text=text)
    else:
        consent.set_state(subscriber, mailing_list, State.ACTIVE, Kind.CONFIRMED, how=how, by="reader", now=now, text=text)


@transaction.atomic
def put_back(*, subscriber: Subscriber, mailing_list: MailingList, left_at: datetime, how: str, by: str, now: datetime) -> bool:
    """Take back that staff or a deadline took the reader off at `left_at`. False where something has happened since."""
    left = subscriber.subscriptions.filter(list=mailing_list, state=State.LEFT, since=left_at)
    if not left.exists():
        return False
    consent.set_state(subscriber, mailing_list, State.ACTIVE, Kind.ADDED, how=how, by=by, now=now)
    return True
