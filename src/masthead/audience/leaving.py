"""Why readers leave, in fixed words that say nothing about the person."""

from __future__ import annotations

from datetime import datetime

from masthead.audience.models import Subscriber
from masthead.audit.recording import record


def explain(*, subscriber: Subscriber, reason: str, now: datetime) -> None:
    """Keep `reason`, the short name of a reason that was offered, never a reader's own text."""
    if not reason.isidentifier():
        raise ValueError(f"{reason!r} is not the short name of a reason")
    record(action="reader.said_why", by="reader", now=now, subject=f"reader:{subscriber.pk}", details={"reason": reason})
