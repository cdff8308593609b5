"""What all workers share of the limits: slots and budgets, taken in blocks, and connections.

One short transaction a second and limited thing, not one a mail: a worker takes a block, spends it from memory and gives back
what it did not need. The clock is the database's, since two machines must mean the same moment. A worker that dies takes
what it held with it: less is sent than allowed for a while, never more.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Sum

from masthead.mail.models import Connections, Slots, Spent, Transport
from masthead.mail.pacing import slots
from masthead.mail.pacing.forecast import Way
from masthead.mail.pacing.limits import DAY, HOUR, Limits, minutes_until_room
from masthead.mail.transports.base import TransportConfig

#: Of a budget so many mails are taken at once, where no pace says less.
BUDGET_BLOCK = 200
_KEPT_MINUTES = 3 * DAY


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` mails may go: the first in `wait` seconds, then one each `interval`. A count of 0: ask again after `wait`."""

    count: int
    wait: float
    interval: float


def transport_scope(key: int) -> str:
    """The name of a relay's counters."""
    return f"transport:{key}"


def provider_scope(provider: str) -> str:
    """The name of a provider's counters, over whichever relay its mail goes."""
    return f"provider:{provider}"


def governor_scope(key: int, provider: str) -> str:
    """The name of the governor's slots for one relay and provider."""
    return f"governor:{key}:{provider}"


def database_now() -> float:
    """Seconds since 1970 by the clock that all workers share."""
    if connection.vendor == "sqlite":
        return time.time()  # one machine
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchone()[0])


def take(scope: str, limits: Limits, *, want: int, now: float, interval: float = 0.0, not_before: float = 0.0) -> Grant:
    """A block of at most `want` mails. `interval` and `not_before` are the governor's, beside what `limits` says."""
    pace = max(limits.interval, interval)
    if now < not_before:
        return Grant(0, not_before - now, pace)
    Slots.objects.bulk_create([Slots(scope=scope)], ignore_conflicts=True)
    with transaction.atomic():
        row = Slots.objects.select_for_update().get(scope=scope)
        room = limits.room(*used(scope, now=now))
        if room == 0:
            return Grant(0, _until_room(scope, limits, now), pace)
        most = min(want, BUDGET_BLOCK) if room is None else min(want, BUDGET_BLOCK, room)
        block, next_at = slots.reserve(row.next_at, pace, want=most, now=now)
        if next_at != row.next_at:
            Slots.objects.filter(pk=row.pk).update(next_at=next_at)
        if block.count and room is not None:
            note(scope, sent=block.count, now=now)
    return Grant(block.count, max(0.0, block.start - now), pace)


def give_back(scope: str, count: int, *, now: float) -> None:
    """Mails that were taken from a budget and not sent after all."""
    if count > 0:
        note(scope, sent=-count, now=now)


def note(scope: str, *, now: float, sent: int = 0, deferred: int = 0) -> None:
    """Count mails in the present minute, in the caller's transaction if there is one."""
    minute = int(now) // 60
    Spent.objects.bulk_create([Spent(scope=scope, minute=minute)], ignore_conflicts=True)
    counts = {"sent": F("sent") + sent, "deferred": F("deferred") + deferred}
    Spent.objects.filter(scope=scope, minute=minute).update(**counts)


def used(scope: str, *, now: float) -> tuple[int, int]:
    """How many were sent in the last 60 minutes and in the last 24 hours."""
    minute = int(now) // 60
    recent = Spent.objects.filter(scope=scope, minute__gte=minute - DAY)
    hour = recent.filter(minute__gte=minute - HOUR).aggregate(sum=Sum("sent"))["sum"]
    return max(0, hour or 0), max(0, recent.aggregate(sum=Sum("sent"))["sum"] or 0)


def _until_room(scope: str, limits: Limits, now: float) -> float:
    """Seconds until a full budget has room for one again."""
    minute = int(now) // 60
    spent = Spent.objects.filter(scope=scope, minute__gte=minute - DAY).order_by("minute").values_list("minute", "sent")
    return max(1.0, (minute + minutes_until_room(limits, list(spent), minute)) * 60 - now)


# --- connections -----------------------------------------------------------------------------------------------------


def take_connections(key: int, *, most: int, in_all: int | None, owner: str, lost_after: float, now: float) -> int:
    """How many connections `owner` may have to the relay now, at most `most`; kept until `give_connections` or its silence.

    Each of the processes that want some gets an even part of `in_all`, at once or, where another still has more than its
    part, as soon as that one has taken its next.
    """
    if in_all is None:
        return most
    Slots.objects.bulk_create([Slots(scope=f"connections:{key}")], ignore_conflicts=True)
    with transaction.atomic():
        Slots.objects.select_for_update().get(scope=f"connections:{key}")
        Connections.objects.filter(transport=key, seen_at__lt=now - lost_after).delete()
        others = dict(Connections.objects.filter(transport=key).exclude(owner=owner).values_list("owner", "count"))
        part = max(1, in_all // (len(others) + 1))
        count = max(0, min(most, part, in_all - sum(others.values())))
        Connections.objects.update_or_create(transport=key, owner=owner, defaults={"count": count, "seen_at": now})
    return count


def keep_connections(owner: str, *, now: float) -> None:
    """A sign of life of `owner`, for all of its connections."""
    Connections.objects.filter(owner=owner).update(seen_at=now)


def give_connections(keys: Iterable[int], *, owner: str) -> None:
    """They are closed. The row stays until it is old: so others leave room for the next time."""
    Connections.objects.filter(transport__in=list(keys), owner=owner).update(count=0)


# --- days ------------------------------------------------------------------------------------------------------------


def advance_warm_ups(*, today: date) -> None:
    """Decide for each warm-up plan, once a day (UTC), how much it allows today: more only after a day that went well."""
    for row in Transport.objects.filter(warmup_first__isnull=False).exclude(warmup_day=today):
        level = row.warmup_level
        if row.warmup_day is not None and row.plan is not None and row.warmup_day < today:
            midnight = datetime.combine(row.warmup_day, datetime.min.time(), UTC)
            first = int(midnight.timestamp()) // 60
            that_day = Spent.objects.filter(scope=transport_scope(row.pk), minute__gte=first, minute__lt=first + DAY)
            sums = that_day.aggregate(sent=Sum("sent"), deferred=Sum("deferred"))
            level = row.plan.after_day(level, sent=sums["sent"] or 0, deferred=sums["deferred"] or 0)
        same = Transport.objects.filter(pk=row.pk, warmup_day=row.warmup_day)
        same.update(warmup_level=level, warmup_day=today)


def forget_old(*, now: datetime) -> None:
    """Delete counts nobody looks at any more, and slots and connections of what is long gone."""
    moment = now.timestamp()
    Spent.objects.filter(minute__lt=int(moment) // 60 - _KEPT_MINUTES).delete()
    Slots.objects.filter(next_at__lt=moment - timedelta(days=3).total_seconds(), scope__startswith="governor:").delete()
    Connections.objects.filter(seen_at__lt=moment - timedelta(hours=1).total_seconds()).delete()


# --- what is to come -------------------------------------------------------------------------------------------------


def forecast_ways(configs: Sequence[TransportConfig]) -> list[Way]:
    """The relays of `configs` as a forecast sees them: limits, warm-up, and what they sent of late."""
    now = database_now()
    rows = Transport.objects.in_bulk([config.key for config in configs])
    ways = []
    for config in configs:
        row = rows.get(config.key)
        hour, day = used(transport_scope(config.key), now=now)
        limits, plan, level = (row.limits, row.plan, row.warmup_level) if row else (config.limits, None, 0)
        ways.append(Way(limits, plan, level, last_hour=hour, last_day=day))
    return ways
