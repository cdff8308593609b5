"""Moving many rows at once, for a decision about a whole campaign. All of it in the caller's transaction.

Everybody who writes to the ledger takes locks in one order: campaign, its ranges by id, their rows. A worker holds its ranges
from the beginning of each commit, so whoever holds them all waits for the commits under way and then has the rows alone. With
rows locked in whatever order two plans find them, PostgreSQL ended a cancelling in a deadlock now and then. The commits of one
worker hold their ranges together (FOR KEY SHARE), everybody else alone (FOR UPDATE).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.db.models import Q

from masthead.delivery.ledger import ranges
from masthead.delivery.models import Campaign, Delivery, Range

State = Delivery.State
_WAITING = (State.QUEUED, State.DEFERRED)

#: The reader may have the mail: a hand-over was uncertain, and no later one was answered by a yes or a final no.
PERHAPS_TAKEN = Q(state=State.UNCERTAIN) | Q(state__in=(*_WAITING, State.EXPIRED, State.SKIPPED, State.CANCELLED), repeats__gt=0)


def cancel_open(campaign: Campaign, *, at: int) -> int:
    """Whoever still waits is cancelled; answer how many. Rows in SENDING keep their right to an answer."""
    return _close(campaign, State.CANCELLED, at)


def expire(campaign: Campaign, *, at: int) -> int:
    """Whoever still waits is given up; the last answer stays in the row as the reason."""
    return _close(campaign, State.EXPIRED, at)


def requeue_uncertain(campaign: Campaign, *, at: int) -> int:
    """Uncertain rows wait again, each marked as one possible repeat; their ranges are open again."""
    _hold_ranges(campaign.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_delivery SET state = 0, repeats = repeats + 1, at = %s, retry_at = NULL"
            " WHERE campaign_id = %s AND rare = 8",
            [at, campaign.pk],
        )
        count = int(cursor.rowcount)
        cursor.execute(
            "UPDATE delivery_range SET done = %s, not_before = NULL WHERE campaign_id = %s AND EXISTS"
            " (SELECT 1 FROM delivery_delivery d WHERE d.id BETWEEN first AND last AND d.campaign_id = %s AND d.state = 0)",
            [False, campaign.pk, campaign.pk],
        )
    return count


def accept_proved(campaign: Campaign, proofs: Mapping[int, str], *, at: int) -> int:
    """Rows in PERHAPS_TAKEN for which there is proof are accepted; the proof is their reply. Answer how many.

    One that waits to be sent again is not: the gate finds it settled.
    """
    _hold_ranges(campaign.pk)
    perhaps = Delivery.objects.filter(PERHAPS_TAKEN, campaign=campaign)
    count = sum(
        perhaps.filter(pk=identity).update(state=State.ACCEPTED, at=at, retry_at=None, reply=f"reconciled: {why}"[:300])
        for identity, why in proofs.items()
    )
    if count:
        ranges.count_accepted(campaign.pk)
    # Ranges that rested for them alone may be closed.
    Range.objects.filter(campaign=campaign, done=False).update(not_before=None)
    return count


def take_back_refusals(campaign: Campaign, ids: list[int]) -> int:
    """Rows refused for our fault wait again, as if they had not been tried: the refusals were not about these readers."""
    _hold_ranges(campaign.pk)
    refused = Delivery.objects.filter(campaign=campaign, pk__in=ids, state=State.REJECTED)
    count = refused.update(state=State.DEFERRED, retry_at=None)
    if count:
        for identity in ids:
            Range.objects.filter(campaign=campaign, first__lte=identity, last__gte=identity).update(done=False, not_before=None)
    return count


def hurry(campaign_id: int) -> None:
    """Do not wait for a back-off any longer: somebody said that the cause is mended."""
    _hold_ranges(campaign_id)
    Range.objects.filter(campaign=campaign_id, done=False).update(not_before=None)
    Delivery.objects.filter(campaign=campaign_id, rare=State.DEFERRED).update(retry_at=None)


def _close(campaign: Campaign, state: int, at: int) -> int:
    _hold_ranges(campaign.pk)
    span = (campaign.first_delivery or 0, campaign.last_delivery or -1)
    waiting = Delivery.objects.filter(pk__range=span, campaign=campaign, state__in=_WAITING)
    count = waiting.update(state=state, at=at, retry_at=None)
    # Nothing is to be waited for: the sweep may close these ranges at once.
    Range.objects.filter(campaign=campaign, done=False).update(not_before=None)
    return count


def _hold_ranges(campaign_id: int) -> None:
    """Lock the ranges of the campaign. (On SQLite the transaction is the lock.)"""
    list(Range.objects.select_for_update().filter(campaign=campaign_id).order_by("pk").values_list("pk", flat=True))
