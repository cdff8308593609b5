"""When a campaign will be through, from limits, warm-up, quiet hours and the pace of late: hour by hour, as it would go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from masthead.mail.pacing.limits import NO_LIMITS, Limits
from masthead.mail.pacing.quiet import QuietHours
from masthead.mail.pacing.warmup import Plan

#: No forecast looks further than this.
MOST_HOURS = 24 * 366
Reason = Literal["", "pace", "provider", "relay", "warm-up", "quiet hours"]


@dataclass(frozen=True, slots=True)
class Way:
    """One relay as the forecast sees it: its limits, its warm-up, and what it sent in the last hour and the last day."""

    limits: Limits = NO_LIMITS
    plan: Plan | None = None
    level: int = 0
    last_hour: int = 0
    last_day: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the last mail is handed over, and what decides it: the first reason that held anything back for an hour or more.

    `finish` is None when nothing is known that would bound the speed, or when it is more than a year away. `days`: mails on
    each day from the beginning, 24 hours each.
    """

    finish: datetime | None
    reason: Reason
    days: list[int] = field(default_factory=list)


def forecast(
    *,
    readers: Mapping[str, int],
    ways: Sequence[Way],
    providers: Mapping[str, Limits],
    start: datetime,
    rate: float | None = None,
    quiet: QuietHours | None = None,
) -> Forecast:
    """`readers`: how many by provider; `providers`: the limits of some; `rate`: mails per second of late, if known."""
    left = {name: count for name, count in readers.items() if count > 0}
    sent: list[list[int]] = [[each.last_hour] for each in ways]
    used: dict[str, list[int]] = {name: [] for name in providers}
    bounded = rate is not None or any(each.limits.any or each.plan for each in ways) or bool(set(providers) & set(left))
    reasons: set[Reason] = set()
    days: list[int] = []
    for hour in range(MOST_HOURS):
        if not left:
            break
        moment = start + timedelta(hours=hour)
        share = _open_share(moment, quiet)
        rooms = [_room(each, sent[number], hour, share) for number, each in enumerate(ways)]
        by_pace = float("inf") if rate is None else rate * 3600 * share
        by_relays = sum(room for room, _ in rooms)
        by_provider = {name: _provider_room(providers.get(name), used.get(name, []), share) for name in left}
        takes = {name: min(count, by_provider[name]) for name, count in left.items()}
        waiting = sum(left.values())
        total = min(sum(takes.values()), by_relays, by_pace)
        if hour // 24 == len(days):
            days.append(0)
        amount = _spend(left, takes, total, used)
        _share_out(amount, rooms, sent)
        days[-1] += amount
        if not left:
            fraction = _fraction(waiting, min(by_relays, by_pace, _full_hour(by_provider, providers)), share)
            if not bounded:
                return Forecast(None, "", days)
            return Forecast(moment + _after_quiet(moment, quiet) + timedelta(hours=fraction), _first(reasons), days)
        if share < 1:
            reasons.add("quiet hours")
        if total < waiting and amount >= by_relays:
            reasons.add("warm-up" if any(why == "warm-up" for _, why in rooms) else "relay")
        elif total < waiting and amount >= by_pace:
            reasons.add("pace")
        elif total < waiting:
            reasons.add("provider")
    return Forecast(None, _first(reasons), days) if left else Forecast(start, "", days)


def _room(way: Way, sent: list[int], hour: int, share: float) -> tuple[float, Reason]:
    """How many this relay takes in this hour, and why not more."""
    limits = way.limits
    rooms: list[tuple[float, Reason]] = [(float("inf"), "")]
    if limits.interval:
        rooms.append((3600 * share / limits.interval, "relay"))
    if limits.per_hour:
        rooms.append((limits.per_hour - (sent[0] if hour == 0 else 0), "relay"))
    # What was sent before the beginning leaves the last 24 hours bit by bit; here it all counts until they are over.
    before = max(0, way.last_day - way.last_hour) if hour < 24 else 0
    today = before + sum(sent[-24:])
    if limits.per_day:
        rooms.append((limits.per_day - today, "relay"))
    ceiling = way.plan.ceiling(way.level + hour // 24) if way.plan else None
    if ceiling is not None:
        rooms.append((ceiling - today, "warm-up"))
    room, why = min(rooms, key=lambda each: each[0])
    return (0.0 if share == 0 else max(0.0, room)), why


def _provider_room(limits: Limits | None, used: list[int], share: float) -> float:
    if limits is None:
        return float("inf")
    rooms = [float("inf")]
    if limits.interval:
        rooms.append(3600 * share / limits.interval)
    if limits.per_hour:
        rooms.append(float(limits.per_hour))
    if limits.per_day:
        rooms.append(float(limits.per_day - sum(used[-23:])))
    return max(0.0, min(rooms)) if share else 0.0


def _spend(left: dict[str, int], takes: Mapping[str, float], total: float, used: dict[str, list[int]]) -> int:
    """Take `total` from `left`, each provider at most its part; answer how many that were."""
    remaining = int(min(total, sum(left.values())))
    spent = 0
    for name in list(left):
        part = int(min(takes[name], remaining, left[name]))
        remaining -= part
        spent += part
        left[name] -= part
        if left[name] == 0:
            del left[name]
        if name in used:
            used[name].append(part)
    for name, hours in used.items():
        if name not in takes:
            hours.append(0)
    return spent


def _share_out(amount: int, rooms: Sequence[tuple[float, Reason]], sent: list[list[int]]) -> None:
    """Note what each relay had of `amount`; who has the least room is filled first, so that nobody is credited too much."""
    parts = [0] * len(rooms)
    order = sorted(range(len(rooms)), key=lambda number: rooms[number][0])
    for position, number in enumerate(order):
        parts[number] = int(min(rooms[number][0], amount // (len(order) - position)))
        amount -= parts[number]
    for number, part in enumerate(parts):
        sent[number].append(part)


def _full_hour(by_provider: Mapping[str, float], providers: Mapping[str, Limits]) -> float:
    """What the providers with limits would take in this hour: the slowest of them decides about its last part."""
    limited = [room for name, room in by_provider.items() if name in providers]
    return min(limited) if limited else float("inf")


def _fraction(waiting: int, capacity: float, share: float) -> float:
    return 0.0 if capacity == float("inf") else min(1.0, waiting / capacity) * share if capacity > 0 else share


def _open_share(moment: datetime, quiet: QuietHours | None) -> float:
    """Which part of the hour from `moment` on is not quiet."""
    if quiet is None:
        return 1.0
    steps = 12
    loud = sum(1 for step in range(steps) if not quiet.covers(moment + timedelta(minutes=60 / steps * step)))
    return loud / steps


def _after_quiet(moment: datetime, quiet: QuietHours | None) -> timedelta:
    until = quiet.until(moment) if quiet else None
    return min(until - moment, timedelta(hours=1)) if until else timedelta(0)


def _first(reasons: set[Reason]) -> Reason:
    order: tuple[Reason, ...] = ("warm-up", "provider", "relay", "quiet hours", "pace")
    return next((each for each in order if each in reasons), "")
