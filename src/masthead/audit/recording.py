"""Writing the record, and proving that nobody changed it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from masthead.audit.models import Entry


def record(*, action: str, by: str, now: datetime, subject: str = "", details: Mapping[str, object] | None = None) -> Entry:
    """Append one entry, in the caller's transaction if there is one.

    `details` must be JSON and hold no reader's data in clear.
    """
    with transaction.atomic():
        # The lock makes the chain a line, not a tree, when two write at once. SQLite has one writer anyway.
        last = Entry.objects.select_for_update().order_by("-id").first()
        entry = Entry(at=now, by=by, action=action, subject=subject, details=dict(details or {}))
        entry.digest = _digest(last.digest if last else "", entry)
        entry.save(force_insert=True)
    return entry


def first_broken() -> Entry | None:
    """The oldest entry whose digest does not follow from its content and its predecessor; None when the chain holds."""
    before = ""
    for entry in Entry.objects.order_by("id").iterator():
        if entry.digest != _digest(before, entry):
            return entry
        before = entry.digest
    return None


def _digest(before: str, entry: Entry) -> str:
    content = json.dumps(
        [before, entry.at.timestamp(), entry.by, entry.action, entry.subject, entry.details], sort_keys=True, ensure_ascii=False
    )
    return sha256(content.encode()).hexdigest()
