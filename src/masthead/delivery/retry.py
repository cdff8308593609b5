"""When to try again: a decision, made without a clock or a database. The sender obeys."""

from __future__ import annotations

#: However often it failed, a reader is tried again at least this often until the campaign's deadline.
LONGEST = 3600


def wait_after(attempt: int, *, first: float, jitter: float) -> int:
    """Seconds to wait after attempt number `attempt` (from 1) got a temporary refusal: `first`, doubled each time, up to LONGEST.

    `jitter` (0 to 1, random) spreads a crowd that was refused in the same second over half the wait more.
    """
    wait = min(float(LONGEST), first * 2.0 ** min(attempt - 1, 16))
    return max(1, round(wait * (1 + jitter / 2)))


def rest_after(rested: int) -> int:
    """Seconds a campaign pauses for a relay out of reach: 30 at first, twice the pause before (`rested`), at most 600."""
    return min(600, max(30, rested * 2))


def reconnect_after(failures: int, *, jitter: float) -> float:
    """Seconds before a lane tries to connect again after `failures` (from 1) in a row: half a second, doubled, up to 15."""
    return float(min(15.0, 0.5 * 2 ** min(failures - 1, 10)) * (0.5 + jitter))
