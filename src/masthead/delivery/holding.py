"""Holding the readers at one provider while the rest of a campaign goes on, and going on with them.

The rows stay as they are, queued or deferred; workers pass them over. Nobody is lost by it and nothing of it is final.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.delivery import waking
from masthead.delivery.ledger import counting, moving, ranges
from masthead.delivery.models import Campaign, HeldProvider
from masthead.mail import provider_limits

State = Campaign.State


@dataclass(frozen=True, slots=True)
class Held:
    """Readers at one provider who wait for a person: how many, counted now, and why."""

    provider: str
    readers: int
    why: str
    since: datetime


def hold(*, campaign_id: int, provider: str, why: str, by: str, now: datetime) -> bool:
    """Send to nobody at `provider` any more until `go_on`; whether that is new. Twice is once, and an ended campaign has none."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        if campaign.state not in (State.SENDING, State.PAUSED):
            return False
        if HeldProvider.objects.filter(campaign=campaign, provider=provider).exists():
            return False
        readers = counting.open_at(campaign, provider_limits.known().providers.domains(provider))
        HeldProvider.objects.create(campaign=campaign, provider=provider, why=why, readers=readers, since=now)
        details = {"provider": provider, "why": why, "readers": readers}
        record(action="campaign.provider_held", by=by, now=now, subject=f"campaign:{campaign.pk}", details=details)
    return True


def go_on(*, campaign: Campaign, by: str, now: datetime, provider: str = "") -> list[str]:
    """Send to the readers at `provider`, or at all that are held, again; answer which those are. Twice is once."""
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        held = HeldProvider.objects.filter(campaign=locked)
        if provider:
            held = held.filter(provider=provider)
        names = list(held.values_list("provider", flat=True))
        if names:
            held.delete()
            details = {"providers": names}
            record(action="campaign.provider_released", by=by, now=now, subject=f"campaign:{locked.pk}", details=details)
            moving.hurry(locked.pk)
            if locked.state == State.SENDING:
                waking.ranges_of(locked.pk)
    return names


def recount(campaign: Campaign) -> None:
    """Say anew how many wait where: what was refused before it was held waits again."""
    providers = provider_limits.known().providers
    for row in campaign.held_providers.all():
        row.readers = counting.open_at(campaign, providers.domains(row.provider))
        row.save(update_fields=["readers"])


def names_for(campaign: Campaign) -> set[str]:
    """The providers that are held."""
    return set(campaign.held_providers.values_list("provider", flat=True))


def counted(campaign: Campaign) -> list[Held]:
    """Who waits where, counted row by row."""
    providers = provider_limits.known().providers
    return [
        Held(row.provider, counting.open_at(campaign, providers.domains(row.provider)), row.why, row.since)
        for row in campaign.held_providers.all()
    ]


def only_held_are_left(campaign: Campaign) -> bool:
    """Whether all who may still get it wait at providers that are held. Looks at rows only when all ranges rest."""
    names = names_for(campaign)
    if not names or not ranges.all_rest(campaign.pk):
        return False
    providers = provider_limits.known().providers
    return not counting.open_elsewhere(campaign, [domain for name in names for domain in providers.domains(name)])


def refusal_in_words(provider: str, words: str) -> str:
    """Why `provider` is held, from the words of the relay."""
    values = {"provider": provider, "words": words}
    return _("Mail to %(provider)s is refused for a reason that is ours to mend, not for single readers: %(words)s") % values


def rest_in_words(held: Iterable[HeldProvider]) -> str:
    """Why a campaign pauses of which only held readers are left."""
    rows: Sequence[HeldProvider] = list(held)
    names = ", ".join(row.provider for row in rows)
    return _("Everybody else is done; only readers at %(providers)s are left. %(why)s") % {
        "providers": names,
        "why": " ".join(row.why for row in rows),
    }
