"""PostgreSQL: changing what belongs to a table, without making others wait for long.

Whoever waits for such a lock has all others wait behind it, for as long as the slowest query under way takes. So it is given up
after a moment and asked for again. The moment is long enough for PostgreSQL to end a vacuum of its own that holds the lock, and
for finding out that two wait for each other (`deadlock_timeout`: a second for both).
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

_MOMENT = "1500ms"
#: Seconds: for so long it is asked for, and the pause between two questions.
_PATIENCE, _PAUSE = 10.0, 0.5


def when_free(tables: Iterable[str], mode: str, statements: Iterable[str]) -> bool:
    """Run `statements` in one transaction with these tables locked in `mode`. False: they were never free, nothing was changed.

    The names are quoted, where they need it.
    """
    lock = f"LOCK TABLE {', '.join(sorted(tables))} IN {mode} MODE"
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{_MOMENT}'")
                cursor.execute(lock)
                for statement in statements:
                    cursor.execute(statement)
            return True
        except OperationalError as error:
            if not isinstance(error.__cause__, (LockNotAvailable, DeadlockDetected)):
                raise
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
