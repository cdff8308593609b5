"""Hints to the task engine, given when the transaction commits. A lost hint costs seconds: the sweep finds what is open."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from django.db import transaction

from masthead.delivery.ledger import ranges


def start_of(campaign_id: int, starts_at: datetime) -> None:
    """Have the campaign started at `starts_at`."""
    from masthead.delivery.tasks import start_campaign

    transaction.on_commit(partial(start_campaign.using(run_after=starts_at.astimezone(UTC)).enqueue, campaign_id))


def ranges_of(campaign_id: int) -> None:
    """Have somebody work on those open ranges of the campaign that nobody works on."""
    from masthead.delivery.tasks import work_range

    for range_id in ranges.without_worker(campaign_id):
        if ranges.note_wake(range_id):
            transaction.on_commit(partial(work_range.enqueue, range_id))
