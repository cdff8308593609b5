"""Working on a range: the whole of it, from the claim to giving it back. Called by the task, on a thread of the task engine."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from masthead.common.stopping import STOP
from masthead.delivery import campaigns, sweeping, waking
from masthead.delivery.composing import copy_of
from masthead.delivery.ledger import moving, ranges
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.models import Campaign
from masthead.delivery.rendering import Renderer
from masthead.delivery.sender.clerk import Clerk
from masthead.delivery.sender.feeder import Feeder
from masthead.delivery.sender.handing import Handing
from masthead.delivery.sender.outcomes import Rules
from masthead.delivery.sender.relay import Relay
from masthead.mail.bulk import BadMail
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.transports import choosing
from masthead.mail.transports.base import TransportConfig

log = logging.getLogger(__name__)

#: A task ends after this and has the rest enqueued, so that campaigns share the worker and a lost task loses little.
TASK_SECONDS = 55.0
_LOOK_SECONDS = 0.1
_TURN_SECONDS = 0.5
_ONE_AT_A_TIME = threading.Lock()


def work(*, range_id: int) -> None:
    """Take the range if it is free, send to everybody in it, go on with the next free ranges of its campaign for a minute.

    One at a time in a process, so that it has no more lanes than the transport allows: that bounds what a crash can repeat.
    """
    while not _ONE_AT_A_TIME.acquire(timeout=_TURN_SECONDS):
        if STOP.is_set():
            return
    try:
        _work(range_id)
    finally:
        _ONE_AT_A_TIME.release()


def _work(range_id: int) -> None:
    claim = ranges.claim(range_id)
    if claim is None:
        return
    campaign = Campaign.objects.select_related("edition__publication").get(pk=claim.campaign_id)
    if STOP.is_set() or campaign.state != Campaign.State.SENDING:
        ranges.release(claim)
        return
    try:
        renderer = Renderer(copy_of(campaign))
        renderer.compile_all()
        config = choosing.inbox_config() if campaign.edition.is_test else choosing.current(timezone.now())
    except (BadMail, SealedUnderAnotherKeyError) as error:
        ranges.release(claim)
        _pause(campaign, str(error), blameless=[])
        return
    lists = list(campaign.lists.values_list("pk", flat=True))
    relay = _run(_send(campaign, lists, claim, renderer, config))
    _draw_conclusions(campaign, relay, had_trouble=bool(campaign.attention))


async def _send(campaign: Campaign, lists: list[int], claim: Claim, renderer: Renderer, config: TransportConfig) -> Relay:
    claims = {claim.range_id: claim}
    clerk = Clerk(campaign_id=campaign.pk, lists=lists, claims=claims)
    try:
        feeder = Feeder(clerk=clerk, renderer=renderer, claims=claims, lists=lists)
        relay = Relay(partial(choosing.lane, config), feeder)
        watch = asyncio.ensure_future(_halt_in_time(feeder))
        handing = Handing(feeder, clerk, relay, _rules(campaign), config.messages_per_connection)
        lanes = min(config.connections, await feeder.waiting())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(lanes):
                    group.create_task(handing.run())
        finally:
            watch.cancel()
            await feeder.finish()
    finally:
        await clerk.close()
    return relay


async def _halt_in_time(feeder: Feeder) -> None:
    """Stop handing out mails after a minute, or when this process is about to end."""
    end = time.monotonic() + TASK_SECONDS
    while not STOP.is_set() and time.monotonic() < end:
        await asyncio.sleep(_LOOK_SECONDS)
    feeder.halt()


def _draw_conclusions(campaign: Campaign, relay: Relay, *, had_trouble: bool) -> None:
    """Say on the campaign what was learned about the relay, have the rest worked on, or finish."""
    relay.conclude()
    campaign.refresh_from_db()
    if campaign.state != Campaign.State.SENDING:
        return
    if relay.pause:
        _pause(campaign, relay.attention, blameless=relay.blameless)
        return
    if relay.unreachable:
        if not STOP.is_set():  # whoever comes next tries at once
            _pause_for_a_while(campaign, relay.attention)
        return
    if relay.accepted and campaign.rested:
        Campaign.objects.filter(pk=campaign.pk).update(rested=0)
    if relay.attention or (had_trouble and relay.accepted):
        Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.SENDING).update(attention=relay.attention)
    if not STOP.is_set() and not sweeping.finish(campaign=campaign, now=timezone.now()):
        with transaction.atomic():
            waking.ranges_of(campaign.pk)


def _pause(campaign: Campaign, why: str, *, blameless: list[int]) -> None:
    log.warning("campaign %s pauses itself: %s", campaign.pk, why)
    try:
        with transaction.atomic():
            campaigns.pause(campaign=campaign, by="system", now=timezone.now(), why=why)
            moving.take_back_refusals(campaign, blameless)
    except campaigns.NotPossibleNow as error:
        log.info("%s", error)  # somebody cancelled it in this very moment


def _pause_for_a_while(campaign: Campaign, why: str) -> None:
    log.warning("campaign %s pauses itself for a while: %s", campaign.pk, why)
    try:
        campaigns.pause_for_a_while(campaign=campaign, now=timezone.now(), why=why)
    except campaigns.NotPossibleNow as error:
        log.info("%s", error)


def _rules(campaign: Campaign) -> Rules:
    deadline = campaign.deadline_at or datetime.now(UTC)
    return Rules(policy=campaign.policy, deadline=int(deadline.timestamp()), first_wait=float(settings.RETRY_SECONDS))


def _run(work: Coroutine[Any, Any, Relay]) -> Relay:
    """Run the event loop, uvloop's where it is installed."""
    factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    if find_spec("uvloop") is not None:
        factory = import_module("uvloop").new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        relay: Relay = runner.run(work)
    return relay
