"""When a task that raised is started again: one rule for both engines. (A mail's retries are rows of the ledger, not tasks.)"""

from __future__ import annotations

#: Seconds before the second, third … start; after the last the task has failed.
WAITS = (2, 10, 60, 300, 1800)


def wait_before(attempt: int) -> int | None:
    """Seconds to wait before start number `attempt` + 1, after `attempt` (1, 2, …) starts have failed; None: give up."""
    return WAITS[attempt - 1] if attempt <= len(WAITS) else None
