"""SQLite's log while an import writes much: it is carried over into the database by another thread, not by the one that writes.
That thread also brings it to the disk, so that nobody waits for a sync of so much while the lock is held. After a power cut an
import may stand one batch before that which it told last, and goes on from there; its end is durable like all else.

What is committed stands in the log, on the disk, and has still to be written where it belongs ("checkpoint"). That needs neither
the interpreter nor a lock that a writer wants.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

#: Bytes of the log from which on the import waits until all of it is carried over: then it starts anew.
_MOST = 256 << 20
#: Seconds.
_PATIENCE = 0.5
_CARRY_OVER = "PRAGMA wal_checkpoint(PASSIVE)"


@contextmanager
def carried_over() -> Iterator[Callable[[], None]]:
    """Gives what is to be called after each commit. It does nothing where there is no such log."""
    path = _path()
    if path is None:
        yield lambda: None
        return
    log, running = Path(f"{path}-wal"), list[Future[None]]()

    def carry_over() -> None:
        with closing(sqlite3.connect(path, timeout=60)) as own:
            own.execute(_CARRY_OVER).fetchall()

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="log") as thread, connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint")
        (usual,) = cursor.fetchone()
        cursor.execute("PRAGMA wal_autocheckpoint = 0")
        cursor.execute("PRAGMA synchronous")
        (durable,) = cursor.fetchone()
        cursor.execute("PRAGMA synchronous = NORMAL")

        def after_commit() -> None:
            full = log.exists() and log.stat().st_size > _MOST
            if running and (full or running[-1].done()):
                running.pop().result()
            if full:
                carry_over()
            elif not running:
                running.append(thread.submit(carry_over))

        try:
            yield after_commit
        finally:
            for last in running:
                last.result()
            if connection.connection is not None:
                cursor.execute(f"PRAGMA synchronous = {int(durable)}")
                cursor.execute(f"PRAGMA wal_autocheckpoint = {int(usual)}")
                _empty(path)


def _empty(path: str) -> None:
    """Carry all of it over and give its room on the disk back, unless somebody reads or writes at this moment."""
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as own:
        # It answers that it was busy, and raises nothing for that.
        own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _path() -> str | None:
    """Where the database lies, if it has such a log and this connection is free to look after it."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
        (path,) = cursor.fetchone()
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
    return str(path) if path and mode == "wal" else None
