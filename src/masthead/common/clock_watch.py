"""Noticing that the wall clock was set back, which leaves every "not before" of the database in the far future."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Less is what time servers do all day.
NOTICED_SECONDS = 5.0


class ClockWatch:
    """Compares the wall clock with one that nobody can set."""

    def __init__(self, *, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._steady = steady
        self._ahead = wall() - steady()

    def was_set_back(self) -> bool:
        """Whether it was, by more than NOTICED_SECONDS, since the last time this was asked."""
        ahead = self._wall() - self._steady()
        before, self._ahead = self._ahead, ahead
        return ahead < before - NOTICED_SECONDS
