"""Why readers leave, in fixed words that say nothing about the person; and what they have not said yet when they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from masthead.audience.models import MailingList, Subscriber, Subscription
from masthead.audit.recording import record


def explain(*, subscriber: Subscriber, reason: str, now: datetime) -> None:
    """Keep `reason`, the short name of a reason that was offered, never a reader's own text."""
    if not reason.isidentifier():
        raise ValueError(f"{reason!r} is not the short name of a reason")
    record(action="reader.said_why", by="reader", now=now, subject=f"reader:{subscriber.pk}", details={"reason": reason})


def unsaid(subscriber: Subscriber, lists: Iterable[MailingList] | None, leaving: Sequence[MailingList]) -> list[MailingList]:
    """Of `lists` (None: all), those that others took the reader off, so that only `leaving` would be left by the reader now."""
    off = subscriber.subscriptions.filter(state=Subscription.State.LEFT)
    if lists is not None:
        off = off.filter(list__in=lists)
    others = list(off.exclude(list__in=leaving).select_related("list"))
    if not others:
        return []
    events = subscriber.consent_events.filter(list__in=[entry.list_id for entry in others]).order_by("id")
    newest = dict(events.values_list("list_id", "by"))
    return [entry.list for entry in others if newest.get(entry.list_id, "reader") != "reader"]
