"""Working on a range: the whole of it, from the claim to giving it back. Called by the task, on a thread of the task engine."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from masthead.common.stopping import STOP
from masthead.delivery import campaigns, holding, quiet_hours, sweeping, waking
from masthead.delivery.composing import copy_of
from masthead.delivery.forecasting import sender_domain_of
from masthead.delivery.ledger import moving, ranges
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.ledger.rows import Tracking
from masthead.delivery.models import Campaign
from masthead.delivery.rendering import Renderer
from masthead.delivery.sender import connecting
from masthead.delivery.sender.clerk import Clerk
from masthead.delivery.sender.feeder import Feeder
from masthead.delivery.sender.handing import Handing
from masthead.delivery.sender.outcomes import Rules
from masthead.delivery.sender.relay import Relay
from masthead.delivery.sender.turns import Turns
from masthead.mail import provider_limits, slowing
from masthead.mail.bulk import BadMail
from masthead.mail.pacing.governor import Pace
from masthead.mail.pacing.quiet import QuietHours
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.provider_limits import Known
from masthead.mail.transports import choosing, resting
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


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the database says about how fast mail may leave, as of the beginning of a run."""

    known: Known
    slowed: Mapping[tuple[int, str], Pace]
    quiet: QuietHours | None
    #: Providers whose readers wait for a person.
    held: set[str]


def _work(range_id: int) -> None:
    claim = ranges.claim(range_id)
    if claim is None:
        return
    campaign = Campaign.objects.select_related("edition__publication").get(pk=claim.campaign_id)
    if STOP.is_set() or campaign.state != Campaign.State.SENDING:
        ranges.release(claim)
        return
    if _rests_for_quiet_hours(campaign):
        ranges.release(claim)
        return
    try:
        renderer = Renderer(copy_of(campaign))
        renderer.compile_all()
        configs = connecting.with_connections(_ways(campaign))
    except (BadMail, SealedUnderAnotherKeyError, choosing.NoWayOut) as error:
        ranges.release(claim)
        _pause(campaign, str(error), blameless=[])
        return
    if not configs:
        # Other workers have all connections there may be, and do the work.
        ranges.release(claim, rest=connecting.AGAIN_SECONDS)
        return
    lists = list(campaign.lists.values_list("pk", flat=True))
    circumstances = Circumstances(
        provider_limits.known(),
        slowing.paces([config.key for config in configs]),
        quiet_hours.of_campaign(campaign),
        holding.names_for(campaign),
    )
    try:
        relays = _run(_send(campaign, lists, claim, renderer, configs, circumstances))
    finally:
        connecting.give_back(configs)
    _draw_conclusions(campaign, relays, had_trouble=bool(campaign.attention))


def _ways(campaign: Campaign) -> list[TransportConfig]:
    if campaign.edition.is_test:
        return [choosing.inbox_config()]
    return choosing.ways(timezone.now(), sender_domain=sender_domain_of(campaign.edition.publication))


def _rests_for_quiet_hours(campaign: Campaign) -> bool:
    """Whether it is quiet for the campaign; then it rests until that is over."""
    now = timezone.now()
    until = quiet_hours.until(campaign, now)
    if until is None:
        return False
    try:
        campaigns.pause_for_quiet_hours(campaign=campaign, until=until, now=now)
    except campaigns.NotPossibleNow as error:
        log.info("%s", error)  # somebody cancelled it in this very moment
    return True


async def _send(
    campaign: Campaign,
    lists: list[int],
    claim: Claim,
    renderer: Renderer,
    configs: Sequence[TransportConfig],
    circumstances: Circumstances,
) -> list[Relay]:
    claims = {claim.range_id: claim}
    clerk = Clerk(campaign_id=campaign.pk, lists=lists, claims=claims)
    relays: list[Relay] = []
    try:
        await clerk.open()
        turns = Turns(clerk, configs, circumstances.known, circumstances.slowed, circumstances.held)
        lanes = sum(config.connections for config in configs)
        feeder = Feeder(
            clerk=clerk,
            renderer=renderer,
            claims=claims,
            lists=lists,
            turns=turns,
            tracking=_tracking(campaign),
            lanes=lanes,
        )
        for config in configs:
            relays.append(Relay(partial(choosing.lane, config), feeder, turns, key=config.key, name=config.name, fleet=relays))
        watches = [
            asyncio.ensure_future(_halt_in_time(feeder, circumstances.quiet)),
            asyncio.ensure_future(turns.refresh(connecting.keeper(configs))),
        ]
        waiting = await feeder.waiting()
        try:
            async with asyncio.TaskGroup() as group:
                for config, relay in zip(configs, relays, strict=True):
                    handing = Handing(feeder, clerk, relay, _rules(campaign), config.messages_per_connection)
                    for _ in range(min(config.connections, waiting)):
                        group.create_task(handing.run())
        finally:
            for watch in watches:
                watch.cancel()
            await turns.finish()
            await feeder.finish()
    finally:
        await clerk.close()
    return relays


async def _halt_in_time(feeder: Feeder, quiet: QuietHours | None) -> None:
    """Stop handing out mails after a minute, when quiet hours begin, or when this process is about to end."""
    end = time.monotonic() + TASK_SECONDS
    now = datetime.now(UTC)
    begin = quiet.next_begin(now) if quiet else None
    if begin is not None:
        end = min(end, time.monotonic() + (begin - now).total_seconds())
    while not STOP.is_set() and time.monotonic() < end:
        await asyncio.sleep(_LOOK_SECONDS)
    feeder.halt()


def _draw_conclusions(campaign: Campaign, relays: Sequence[Relay], *, had_trouble: bool) -> None:
    """Say on the campaign what was learned about the relays, have the rest worked on, or finish."""
    for relay in relays:
        relay.conclude()
        if relay.failed and not STOP.is_set():
            resting.note_trouble(relay.key, words=relay.attention, now=timezone.now())
        elif relay.accepted:
            resting.note_well(relay.key)
    campaign.refresh_from_db()
    if held := [each for relay in relays for each in relay.held]:
        with transaction.atomic():
            moving.take_back_refusals(campaign, held)
            holding.recount(campaign)
    if campaign.state != Campaign.State.SENDING:
        return
    failed = [relay for relay in relays if relay.failed]
    attention = " ".join(relay.attention for relay in relays if relay.attention)
    blameless = [each for relay in failed if relay.pause for each in relay.blameless]
    if len(failed) == len(relays):
        if all(relay.pause for relay in failed):
            _pause(campaign, attention, blameless=blameless)
        elif not STOP.is_set():  # whoever comes next tries at once
            _pause_for_a_while(campaign, attention)
        return
    if blameless:
        with transaction.atomic():
            moving.take_back_refusals(campaign, blameless)
    accepted = any(relay.accepted for relay in relays)
    if accepted and campaign.rested:
        Campaign.objects.filter(pk=campaign.pk).update(rested=0)
    if attention or (had_trouble and accepted):
        Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.SENDING).update(attention=attention)
    if sweeping.pause_if_only_held_are_left(campaign=campaign, now=timezone.now()):
        return
    if not STOP.is_set() and not sweeping.finish(campaign=campaign, now=timezone.now()):
        if _rests_for_quiet_hours(campaign):
            return
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


def _tracking(campaign: Campaign) -> Tracking | None:
    """Who agreed while it was being sent has mails like everybody's: what is tried again has the same bytes."""
    if not campaign.tracks_readers or campaign.started_at is None:
        return None
    return Tracking(campaign.edition.publication_id, campaign.started_at)


def _rules(campaign: Campaign) -> Rules:
    deadline = campaign.deadline_at or datetime.now(UTC)
    return Rules(policy=campaign.policy, deadline=int(deadline.timestamp()), first_wait=float(settings.RETRY_SECONDS))


def _run(work: Coroutine[Any, Any, list[Relay]]) -> list[Relay]:
    """Run the event loop, uvloop's where it is installed."""
    factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    if find_spec("uvloop") is not None:
        factory = import_module("uvloop").new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        relays: list[Relay] = runner.run(work)
    return relays
