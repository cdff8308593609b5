"""The governor's memory: which relay and provider goes slower than it could, shared by all workers."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from masthead.mail.models import Slowdown
from masthead.mail.pacing import governor
from masthead.mail.pacing.governor import FREE, Pace


def paces(transports: list[int]) -> dict[tuple[int, str], Pace]:
    """What is slowed down now, by (transport, provider)."""
    found = Slowdown.objects.filter(transport__in=transports)
    return {(row.transport, row.provider): _pace(row) for row in found}


def complained(transport: int, provider: str, *, now: float, observed: float, words: str, jitter: float) -> Pace:
    """A provider said "too fast" over this relay: the pace from now on. `observed`: mails per second of late."""
    return _change(
        transport, provider, lambda pace: governor.slower(pace, now=now, observed=observed, words=words, jitter=jitter)
    )


def went_well(transport: int, provider: str, *, now: float) -> Pace:
    """Mail was taken: the pace from now on, faster when it is time for that."""
    return _change(transport, provider, lambda pace: governor.after_success(pace, now=now))


def _change(transport: int, provider: str, step: Callable[[Pace], Pace]) -> Pace:
    with transaction.atomic():
        row = Slowdown.objects.select_for_update().filter(transport=transport, provider=provider).first()
        before = _pace(row) if row else FREE
        after = step(before)
        if after == before:
            return after
        if after.rate is None:
            Slowdown.objects.filter(transport=transport, provider=provider).delete()
            return after
        values = {name: getattr(after, name) for name in ("rate", "not_before", "since", "top", "strikes", "words")}
        Slowdown.objects.update_or_create(transport=transport, provider=provider, defaults=values)
    return after


def _pace(row: Slowdown) -> Pace:
    return Pace(row.rate, row.not_before, row.since, row.top, row.strikes, row.words)
