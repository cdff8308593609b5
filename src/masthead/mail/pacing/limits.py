"""Limits: how many mails in a second, a minute, an hour, a day.

The two short ones become an even pace: 60 a minute is one each second. A relay sees no bursts, and whatever second or minute
somebody looks at, the limit holds. The two long ones are budgets, spent as fast as the others allow: what counts is any 60
minutes and any 24 hours, not those of the clock, so that no border between two hours lets twice as many through.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Mails are counted by the minute; so many minutes are looked back, and one more, since the oldest is only partly gone.
HOUR = 60
DAY = 1440


@dataclass(frozen=True, slots=True)
class Limits:
    """The most mails in each span; None where there is no limit."""

    per_second: int | None = None
    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None

    @property
    def interval(self) -> float:
        """Seconds from one mail to the next; 0.0 for as fast as it goes."""
        by_second = 1 / self.per_second if self.per_second else 0.0
        by_minute = 60 / self.per_minute if self.per_minute else 0.0
        return max(by_second, by_minute)

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return bool(self.per_second or self.per_minute or self.per_hour or self.per_day)

    def room(self, last_hour: int, last_day: int) -> int | None:
        """How many more the budgets allow when so many were sent; None for any number."""
        rooms = []
        if self.per_hour:
            rooms.append(self.per_hour - last_hour)
        if self.per_day:
            rooms.append(self.per_day - last_day)
        return max(0, min(rooms)) if rooms else None

    def capped(self, per_day: int | None) -> Limits:
        """The same with a daily ceiling of at most `per_day`."""
        if per_day is None:
            return self
        return Limits(self.per_second, self.per_minute, self.per_hour, min(per_day, self.per_day or per_day))


NO_LIMITS = Limits()


def minutes_until_room(limits: Limits, sent: list[tuple[int, int]], minute: int) -> int:
    """Minutes from `minute` until the budgets allow one more. `sent`: (minute, mails), in order, of the last day."""
    waits = [0]
    for limit, span in ((limits.per_hour, HOUR), (limits.per_day, DAY)):
        if not limit:
            continue
        recent = [(when, count) for when, count in sent if when >= minute - span]
        over = sum(count for _, count in recent) - limit + 1
        for when, count in recent:
            if over <= 0:
                break
            over -= count
            waits.append(when + span + 1 - minute)
    return max(waits)
