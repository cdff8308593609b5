"""Shares: how several relays divide one campaign by their weights, while each takes as fast as it can."""

from __future__ import annotations

from collections.abc import Mapping

#: So many mails a relay may be ahead of its share, for each unit of its weight and at least: connections work in bursts.
SLACK = 10.0


class Shares:
    """Weighted fair queueing: every relay has a clock that runs by 1/weight per mail; who is too far ahead waits.

    A relay that is not ready (no connection, or its limit is reached) holds nobody up; when it comes back it begins at the
    others' clocks and does not make up for the time it was away.
    """

    def __init__(self, weights: Mapping[int, int]) -> None:
        self._step = {key: 1 / max(1, weight) for key, weight in weights.items()}
        self._clock = dict.fromkeys(weights, 0.0)
        self._ready: set[int] = set()

    def set_ready(self, key: int, ready: bool) -> None:
        """Relay `key` takes mail from now on, or does not."""
        if not ready:
            self._ready.discard(key)
        elif key not in self._ready:
            if self._ready:
                self._clock[key] = max(self._clock[key], min(self._clock[each] for each in self._ready))
            self._ready.add(key)

    def may(self, key: int) -> bool:
        """Whether relay `key` may take the next mail."""
        if len(self._ready) < 2 or key not in self._ready:
            return True
        slowest = min(self._clock[each] for each in self._ready)
        return self._clock[key] <= slowest + SLACK * min(self._step.values())

    def took(self, key: int) -> None:
        """It took one."""
        self._clock[key] += self._step[key]
