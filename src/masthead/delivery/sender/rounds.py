"""Rounds on SQLite without a second thread: the event loop itself commits, and the kernel syncs several commits meanwhile.

A commit of thirty mails is a fifth of a millisecond of work; the rest is the sync. A thread for it waits longer for the
interpreter's lock than for the disk, and one sync after the other is all it can do. So here a commit goes into the write-ahead
log without a sync (`synchronous=NORMAL` on this one connection), and the log is then synced by Linux's asynchronous I/O. Nobody
is answered before that is done: what SQLite does with `synchronous=FULL` in one step.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.util import find_spec
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from masthead.delivery.ledger.committing import Book
from masthead.delivery.ledger.entries import Result, Verdict, Wish
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.sender.syncing import Syncs

log = logging.getLogger(__name__)

#: At most so many syncs are under way at once.
MOST = 4
#: The loop waits no longer than this (milliseconds) for another writer; the clerk's thread has the patience.
_BUSY = 50


@dataclass(slots=True)
class _Round:
    verdicts: dict[int, Verdict]
    answer: asyncio.Future[dict[int, Verdict]]
    lanes: int
    synced: bool = False


class Rounds:
    """Commits of one campaign. Lives on the event loop; `database` and `wal`, the log's file, are its own."""

    def __init__(self, book: Book, wal: int, aio: Any, failed: Callable[[OSError], None]) -> None:
        self._book = book
        self._wal = wal
        self._aio = aio
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._under_way: deque[_Round] = deque()
        self._lanes = 0  # of all that are under way

    def may_begin(self, asking: int) -> bool:
        """Whether one more round is worth its sync for so many lanes: the first at once, another when as many ask as wait."""
        return len(self._under_way) < MOST and asking >= self._lanes

    def begin(
        self,
        results: Sequence[Result],
        wishes: Sequence[Wish],
        claims: Mapping[int, Claim],
        *,
        at: int,
        today: date,
        rates: Mapping[int, int] | None,
        lanes: int,
    ) -> asyncio.Future[dict[int, Verdict]]:
        """What `Book.commit` does, for so many `lanes`; the verdicts come when they are durable.

        Raises django.db.Error: then nothing is written.
        """
        verdicts = self._book.commit(results, wishes, claims, at=at, today=today, rates=rates)
        this = _Round(verdicts, self._loop.create_future(), lanes)
        self._under_way.append(this)
        self._lanes += lanes
        sync = asyncio.ensure_future(self._aio.fdsync(self._wal))
        sync.add_done_callback(partial(self._synced, this))
        return this.answer

    def close(self) -> Callable[[], None]:
        """No round is begun any more. What is open is closed by what is returned, on the thread of `connect`."""
        self._aio.close()
        return partial(disconnect, self._book.database, self._wal)

    def _synced(self, this: _Round, sync: asyncio.Future[Any]) -> None:
        error = sync.exception()
        if error is not None:
            self._failed(OSError(f"the write-ahead log could not be synced: {error}"))
        this.synced = True
        # In the order of the commits: of a failed sync the kernel tells once, perhaps at the one before.
        while self._under_way and self._under_way[0].synced:
            first = self._under_way.popleft()
            self._lanes -= first.lanes
            if not first.answer.done():
                first.answer.set_result(first.verdicts)


def connect(campaign_id: int, lists: Sequence[int]) -> tuple[Book, int] | None:
    """A connection that commits without a sync, and the file of its log; None where there is no such thing."""
    if connection.vendor != "sqlite" or find_spec("caio") is None:
        return None
    database = connection.copy()
    database.connect()
    raw: Any = database.connection
    raw.execute("PRAGMA synchronous=NORMAL")
    raw.execute(f"PRAGMA busy_timeout={_BUSY}")
    path = raw.execute("PRAGMA database_list").fetchone()[2]
    if raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal" or not path:
        database.close()
        return None
    raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from now on there is a log, as long as this stays open
    # Of this file SQLite locks nothing, so that closing it later takes no lock away (POSIX locks belong to the process).
    return Book(campaign_id=campaign_id, lists=lists, database=database), os.open(f"{path}-wal", os.O_RDWR)


def disconnect(database: BaseDatabaseWrapper, wal: int) -> None:
    """Close what `connect` opened."""
    database.close()
    os.close(wal)


async def try_out(book: Book, wal: int, failed: Callable[[OSError], None]) -> Rounds | None:
    """Rounds, if the kernel and the file system sync asynchronously (not in every sandbox)."""
    try:
        aio = Syncs(MOST)
        await aio.fdsync(wal)
    except (ImportError, OSError, SystemError, ValueError) as error:
        log.info("the system does not sync by itself (%s); the clerk's thread does", error)
        return None
    return Rounds(book, wal, aio, failed)
