"""Warm-up: a new relay or address begins with few mails a day, and with more each day on which receivers took them well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: A day counts as used when at least this share of its ceiling was sent; an idle day teaches receivers nothing.
USED = 0.5
#: More than this share put off, and the ceiling stays for another day.
MOST_DEFERRED = 0.05
_MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Plan:
    """`first` mails on the first day, `growth` percent more each day, until `full` a day: then the plan is over."""

    first: int
    growth: int
    full: int

    def __post_init__(self) -> None:
        if self.first < 1 or self.growth < 1 or self.full < self.first:
            raise ValueError("A warm-up begins with at least one mail, grows by at least 1 %, and ends above where it begins.")

    def ceiling(self, level: int) -> int | None:
        """The most mails on a day of `level` (0 is the first); None once the plan is over."""
        most: float = self.first
        for _ in range(level):
            # At least one more: small numbers must grow, too.
            most = max(most + 1, most * (1 + self.growth / 100))
            if most >= self.full:
                return None
        return int(most)

    def after_day(self, level: int, *, sent: int, deferred: int) -> int:
        """The level of the next day, when so many were sent on this one and so many of them were put off."""
        ceiling = self.ceiling(level)
        if ceiling is None:
            return level
        used = sent >= ceiling * USED
        return level + 1 if used and deferred <= sent * MOST_DEFERRED else level

    def days(self, level: int, mails: int, *, today: int = 0) -> Iterator[int]:
        """How many of `mails` can go on each day from now on, when all goes well; `today` of today's are spent already."""
        for _ in range(_MOST_DAYS):
            if mails <= 0:
                return
            ceiling = self.ceiling(level)
            amount = mails if ceiling is None else min(mails, max(0, ceiling - today))
            yield amount
            mails -= amount
            level, today = level + 1, 0

    def length(self) -> int:
        """Days until the plan is over, when each is used and goes well."""
        return next(level for level in range(_MOST_DAYS) if self.ceiling(level) is None)
