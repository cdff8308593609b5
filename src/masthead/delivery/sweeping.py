"""The sweep: every ten seconds it looks for what is due or left behind. The ledger is the truth, tasks are only hints."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.delivery import campaigns, holding, starting, waking
from masthead.delivery.ledger import moving, ranges
from masthead.delivery.models import Campaign, Delivery

log = logging.getLogger(__name__)
State = Campaign.State


def sweep(*, now: datetime) -> None:
    """Start and resume what is due, wake ranges without a live worker, give up what is past its deadline, finish what is done."""
    due = Campaign.objects.filter(state=State.SCHEDULED, starts_at__lte=now) | Campaign.objects.filter(state=State.PREPARING)
    for campaign_id in due.order_by("starts_at", "id").values_list("id", flat=True):
        starting.start(campaign_id=campaign_id, now=now)
    for campaign in Campaign.objects.filter(state=State.PAUSED, resume_at__lte=now):
        campaigns.resume(campaign=campaign, by="system", now=now)
    for campaign in Campaign.objects.filter(state=State.SENDING, deadline_at__lte=now):
        with transaction.atomic():
            moving.expire(campaign, at=int(now.timestamp()))
    for campaign in Campaign.objects.filter(
        state__in=(State.SENDING, State.PAUSED, State.CANCELLED), ranges__done=False
    ).distinct():
        _settle(campaign, now)
    for campaign in Campaign.objects.filter(state=State.SENDING).exclude(ranges__done=False):
        finish(campaign=campaign, now=now)
    for campaign in Campaign.objects.filter(state=State.SENDING, held_providers__isnull=False).distinct():
        pause_if_only_held_are_left(campaign=campaign, now=now)


def pause_if_only_held_are_left(*, campaign: Campaign, now: datetime) -> bool:
    """Pause a campaign in which nobody else waits than readers at providers that are held; whether it did.

    So its deadline moves, a command that waits for it ends, and a person sees why.
    """
    if campaign.state != State.SENDING or not holding.only_held_are_left(campaign):
        return False
    campaigns.pause(campaign=campaign, by="system", now=now, why=holding.rest_in_words(campaign.held_providers.all()))
    return True


def after_clock_was_set_back(*, now: datetime) -> None:
    """Nothing waits for an hour that comes twice: what rests, and who is to be tried again, is due at once."""
    log.warning("the clock was set back: what waits for its time is looked at now")
    for campaign in Campaign.objects.filter(state=State.PAUSED, resume_at__gt=now, paused_at__gt=now):
        campaigns.resume(campaign=campaign, by="system", now=now)
    for campaign in Campaign.objects.filter(state__in=(State.SENDING, State.PAUSED), ranges__done=False).distinct():
        with transaction.atomic():
            moving.hurry(campaign.pk)
            ranges.forget_times_to_come(campaign.pk)


def finish(*, campaign: Campaign, now: datetime) -> bool:
    """End a campaign all of whose ranges are done; whether it did. Uncertain readers who are held ask for a decision."""
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if locked.state != State.SENDING or locked.ranges.filter(done=False).exists():
            return False
        held = _held(locked)
        locked.state = State.FINISHED
        locked.finished_at = now
        if held or locked.audience:
            locked.attention = held_in_words(locked)
        locked.save(update_fields=["state", "finished_at", "attention"])
        record(action="campaign.finished", by="system", now=now, subject=f"campaign:{locked.pk}", details={"uncertain": held})
    return True


def held_in_words(campaign: Campaign) -> str:
    """What a finished campaign has to say about the readers it holds as uncertain; "" when there are none."""
    held = _held(campaign)
    if not held:
        return ""
    return _("%(count)s readers are uncertain: the connection ended before the answer. Decide about them.") % {"count": held}


def _held(campaign: Campaign) -> int:
    return Delivery.objects.filter(campaign=campaign, rare=Delivery.State.UNCERTAIN).count()


def _settle(campaign: Campaign, now: datetime) -> None:
    """Ranges nobody works on: name what was lost in them, wake a worker for them, or close those in which nobody waits."""
    for range_id in ranges.of_lost_workers(campaign.pk):
        # What the dead one left in SENDING gets its name now, and the dead one loses its rights, however much the living have
        # to do before they come to this range.
        _take_over(range_id, campaign, now)
    for range_id in ranges.without_worker(campaign.pk):
        if not ranges.close_if_done(range_id) and campaign.state != State.SENDING:
            _take_over(range_id, campaign, now)
    if campaign.state == State.SENDING:
        waking.ranges_of(campaign.pk)


def _take_over(range_id: int, campaign: Campaign, now: datetime) -> None:
    claim = ranges.claim(range_id)
    if claim is not None:
        if campaign.state == State.CANCELLED:
            with transaction.atomic():
                moving.cancel_open(campaign, at=int(now.timestamp()))
        ranges.release(claim)
