"""Slots: moments at which a mail may go, an even interval apart, handed out in blocks so that workers need not ask for each.

The whole shared state is one moment, the first that nobody has: who takes n slots moves it on by n intervals. That is the
generic cell rate algorithm (ITU-T I.371, Annex A) without a burst, with many cells taken at once. Two workers never hold the
same slot, so together they keep the pace that one would keep alone; slots not used are lost, never doubled.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Nobody takes slots that begin later than this: a limit that is raised counts soon, and a dead worker takes little with it.
AHEAD_SECONDS = 2.0
#: A block is worth this long at most.
BLOCK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Block:
    """`count` slots from `start`, `interval` seconds apart. A count of 0: none now, ask again at `start`."""

    start: float
    interval: float
    count: int


def reserve(next_at: float, interval: float, *, want: int, now: float) -> tuple[Block, float]:
    """A block of at most `want` slots, and the moment that is the first free one from now on. All times in seconds."""
    if want <= 0:
        return Block(now, interval, 0), next_at
    if interval <= 0:
        return Block(now, 0.0, want), next_at
    # A state from before the clock was set back must not stop everything until then.
    start = max(now, min(next_at, now + AHEAD_SECONDS + 2 * BLOCK_SECONDS + interval))
    if start > now + AHEAD_SECONDS:
        return Block(start - AHEAD_SECONDS / 2, interval, 0), start
    count = min(want, max(1, int(BLOCK_SECONDS / interval)))
    return Block(start, interval, count), start + count * interval
