"""Settling uncertain readers with proof that the relay has their mail (rule 8 of the ledger), before it is sent again if it can.

Only one thing can be proved: that it was taken. A mail that a log does not mention may be in another log, so it stays uncertain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from masthead.audit.recording import record
from masthead.delivery import sweeping
from masthead.delivery.ledger import moving
from masthead.delivery.models import Campaign, Delivery
from masthead.mail import sealing


@dataclass(frozen=True, slots=True)
class Settled:
    """One reader whose case is closed. `address` is "" for one who was erased; `why` is the proof in words."""

    delivery_id: int
    address: str
    why: str


def sought(campaign: Campaign) -> dict[str, int]:
    """The deliveries of `campaign` that may have been taken, by the token in their Message-ID, the part before the @.

    Those held as uncertain, and those that wait to be sent again, or ended without an answer, after an answer was lost.
    """
    span = (campaign.first_delivery or 0, campaign.last_delivery or -1)
    ids = Delivery.objects.filter(moving.PERHAPS_TAKEN, campaign=campaign, pk__range=span).values_list("pk", flat=True)
    return {sealing.seal(sealing.MESSAGE_ID, pk): pk for pk in ids.iterator()}


def settle(*, campaign: Campaign, proofs: Mapping[int, str], by: str, now: datetime, dry_run: bool = False) -> list[Settled]:
    """Mark as accepted those of `sought` that `proofs` names (id → the proof in words); answer which those were.

    What is settled, or on a connection at this moment, is left alone, so twice is once. With `dry_run` nothing is written.
    """
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        span = (locked.first_delivery or 0, locked.last_delivery or -1)
        rows = Delivery.objects.filter(moving.PERHAPS_TAKEN, campaign=locked, pk__range=span).select_related("subscriber")
        found = [
            Settled(row.pk, row.subscriber.address if row.subscriber else "", proofs[row.pk])
            for row in rows.order_by("pk").iterator()
            if row.pk in proofs
        ]
        if dry_run or not found:
            return found
        moving.accept_proved(locked, {each.delivery_id: each.why for each in found}, at=int(now.timestamp()))
        if locked.state == Campaign.State.FINISHED:
            locked.attention = sweeping.held_in_words(locked)
            locked.save(update_fields=["attention"])
        subject = f"campaign:{locked.pk}"
        record(action="campaign.reconciled", by=by, now=now, subject=subject, details={"readers": len(found)})
    campaign.refresh_from_db()
    return found
