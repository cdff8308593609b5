"""Whose refusals are they: of one provider, or of the relay? Decided from the answers alone, without a clock or a database.

Only refusals that are our fault are looked at. A burst of them that comes from one provider holds that provider; one that spans
providers, or that is about our sender or our sign-in, is the relay's.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

#: So many refusals in a row, or among the last ones, that are our fault: it is not about these readers.
MOST_IN_A_ROW = 5
MOST_OF_LAST = 10
LAST = 50
#: The relay itself, as a provider's name.
RELAY = ""
#: A burst is one provider's when so large a part of it is: of ten refusals eight.
_PART = 0.8


@dataclass(slots=True)
class _Record:
    """What answers said of late: since the last good one, and among the last ones."""

    in_a_row: list[str] = field(default_factory=list)
    last: deque[str | None] = field(default_factory=lambda: deque(maxlen=LAST))

    def good(self) -> None:
        self.in_a_row.clear()
        self.last.append(None)

    def refused(self, provider: str) -> None:
        self.in_a_row.append(provider)
        self.last.append(provider)

    def burst(self) -> list[str]:
        """Who refused in a burst; nobody when there is none."""
        if len(self.in_a_row) >= MOST_IN_A_ROW:
            return self.in_a_row
        bad = [each for each in self.last if each is not None]
        return bad if len(bad) >= MOST_OF_LAST else []

    def forget(self, provider: str) -> None:
        self.in_a_row = [each for each in self.in_a_row if each != provider]
        self.last = deque((each for each in self.last if each != provider), maxlen=LAST)


class Refusals:
    """The answers of one relay in one run. `held`: the providers that are passed over already."""

    def __init__(self, held: Iterable[str] = ()) -> None:
        self._all = _Record()
        self._suspects: dict[str, _Record] = {}
        self._held = set(held)
        self._accepted = False

    @property
    def has_suspects(self) -> bool:
        """Whether it matters which provider a good answer is about."""
        return bool(self._suspects)

    @property
    def open(self) -> bool:
        """Whether the last answer was a refusal."""
        return bool(self._all.in_a_row)

    def neutral(self) -> None:
        """An answer that says nothing about us, such as "later"."""
        self._all.last.append(None)

    def good(self, provider: str, *, accepted: bool) -> None:
        """A yes, or a no that is about a reader."""
        self._accepted = self._accepted or accepted
        self._all.good()
        if provider in self._suspects:
            self._suspects[provider].good()

    def refused(self, provider: str) -> str | None:
        """A refusal that is our fault, at `provider` or by the RELAY itself: whose burst it makes full, None for none."""
        if provider in self._held:
            return None
        self._all.refused(provider)
        burst = self._all.burst()
        if provider != RELAY:
            own = self._suspects.setdefault(provider, _Record())
            own.refused(provider)
            burst = burst or own.burst()
        if not burst:
            return None
        name, count = Counter(burst).most_common(1)[0]
        if name == RELAY or count < len(burst) * _PART or (self._held and not self._accepted):
            return RELAY
        self._held.add(name)
        self._suspects.pop(name, None)
        self._all.forget(name)
        return name
