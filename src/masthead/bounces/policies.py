"""The suppression policy: what it is now, and changing it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from masthead.audit.recording import record
from masthead.bounces.models import Policy
from masthead.bounces.rules import Thresholds

_NUMBERS = ("repeats", "repeat_hours", "guard_percent", "guard_least")


def current() -> Thresholds:
    """The policy that holds now."""
    row = Policy.objects.first()
    return Thresholds(**{name: getattr(row, name) for name in _NUMBERS}) if row is not None else Thresholds()


@transaction.atomic
def change(*, thresholds: Thresholds, by: str, now: datetime) -> Policy:
    """Make `thresholds` the policy. Raises ValidationError for a number out of its range."""
    row = Policy.objects.select_for_update().first() or Policy()
    before = {name: getattr(row, name) for name in _NUMBERS}
    for name in _NUMBERS:
        setattr(row, name, getattr(thresholds, name))
    row.changed_at, row.by = now, by
    row.full_clean()
    row.save()
    changed = {name: [before[name], getattr(row, name)] for name in _NUMBERS if before[name] != getattr(row, name)}
    record(action="bounces.policy_changed", by=by, now=now, subject="bounces", details=changed)
    return row
