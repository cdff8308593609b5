"""The suppression policy: what it is now, and changing it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from django.db import transaction

from masthead.audit.recording import record
from masthead.bounces import own_rules
from masthead.bounces.models import Policy
from masthead.bounces.rules import Thresholds

NUMBERS = tuple(each.name for each in fields(Thresholds) if each.name not in ("hard", "off", "own"))
DEFAULTS = Thresholds()


def current() -> Thresholds:
    """The policy that holds now."""
    row, own = Policy.objects.first(), own_rules.in_order()
    if row is None:
        return replace(DEFAULTS, own=own)
    numbers = {name: getattr(row, name) for name in NUMBERS}
    return Thresholds(hard=frozenset(row.hard.split()), off=frozenset(row.off), own=own, **numbers)


@transaction.atomic
def change(*, thresholds: Thresholds, by: str, now: datetime) -> Policy:
    """Make the numbers of `thresholds` the policy; rules have verbs of their own (`own_rules`).

    Raises ValidationError for a number out of its range.
    """
    row = Policy.objects.select_for_update().first() or Policy()
    values = {name: getattr(thresholds, name) for name in NUMBERS} | {"hard": " ".join(sorted(thresholds.hard))}
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at, row.by = now, by
    row.full_clean()
    row.save()
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    record(action="bounces.policy_changed", by=by, now=now, subject="bounces", details=changed)
    return row
