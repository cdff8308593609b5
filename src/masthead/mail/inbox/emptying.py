"""Empties the built-in inbox."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from masthead.audit.recording import record
from masthead.mail.models import InboxMessage


def empty(*, by: str, now: datetime) -> int:
    """Delete every stored mail; returns how many."""
    with transaction.atomic():
        deleted, _ = InboxMessage.objects.all().delete()
        record(action="inbox.emptied", by=by, now=now, details={"mails": deleted})
    return deleted
