"""SQLite has one writer at a time, and whoever waits looks every tenth of a second whether it is free: an import leaves gaps
that are long enough to be seen, and no second import jumps into them. Other databases have no such lock.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

#: Seconds that a batch may keep others waiting; the next one is made larger or smaller by it.
LONGEST = 1.0
#: Seconds between two batches. SQLite looks again after a tenth of a second (`sqliteDefaultBusyCallback`).
GAP = 0.12
#: However slow the machine is: smaller batches write the same pages of indexes so often that all of it takes twice as long.
_FEWEST = 20_000
#: Held by whichever import writes; when it was written to last, the last batch of all imports had ended.
_FILE = "import.lock"


@contextmanager
def turn() -> Iterator[None]:
    """To be used around whatever takes long with SQLite's lock: one import at a time, after a gap for everybody else."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    path = settings.DATA / _FILE
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # A clock that was set back makes no gap longer.
        time.sleep(min(GAP, max(0.0, path.stat().st_mtime + GAP - time.time())))
        try:
            yield
        finally:
            os.utime(path)


def fitting(rows: int, *, took: float, most: int) -> int:
    """How many rows, at most `most`, fit into a turn if these took so many seconds."""
    if connection.vendor != "sqlite" or took <= 0:
        return most
    return max(min(_FEWEST, most), min(most, int(rows * LONGEST / took)))
