"""Rounds on PostgreSQL without a second thread: the event loop sends a commit and goes on; several are under way at once.

The server works a millisecond or two on a commit of thirty mails. A thread that waits for its answer then waits as long again for
the interpreter's lock, and all lanes with it. So the loop itself speaks to the server, by those calls of libpq that do not wait,
on connections that nobody else uses.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from masthead.delivery.ledger import one_statement
from masthead.delivery.ledger.entries import Result, Verdict, Wish
from masthead.delivery.ledger.ranges import Claim

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

log = logging.getLogger(__name__)

#: At most so many commits are under way at once, each on a connection of its own.
MOST = 2
#: Commits that overlap hold their range without a gap. After so many seconds there is one, for whoever wants the range alone.
_GAP_SECONDS = 0.25
#: A call that is under way is looked at so often, though nothing seems to have come.
_LOOK_SECONDS = 0.3
_STATEMENT = b"delivery_commit"
_GOOD = 0  # of libpq's ConnStatusType


class Calls:
    """Commits of one campaign. Lives on the event loop; the connections of `databases` are its own."""

    def __init__(self, databases: Sequence[BaseDatabaseWrapper], campaign_id: int, lists: Sequence[int]) -> None:
        self._databases = databases
        self._campaign_id = campaign_id
        self._lists = lists
        self._lines = [_Line(each) for each in databases]
        self._idle = list(self._lines)
        self._lanes = 0
        self._overlapping_since = 0.0

    def may_begin(self, asking: int) -> bool:
        """Whether one more commit is worth its call for so many lanes: the first at once, another when as many ask as wait."""
        if not self._idle or not self._lanes:
            return bool(self._idle)
        return asking >= self._lanes and time.monotonic() < self._overlapping_since + _GAP_SECONDS

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

        The future has a django.db.Error if that fails: then nothing is known, and the same commit may be made again.
        """
        if rates is None:
            # A range that none of them is in may be given back meanwhile.
            ours = {each.range_id for each in results} | {each.range_id for each in wishes}
            claims = {identity: claim for identity, claim in claims.items() if identity in ours}
        values = one_statement.parameters(
            self._campaign_id, self._lists, results, wishes, claims, at=at, today=today, rates=rates
        )
        answer: asyncio.Future[dict[int, Verdict]] = asyncio.get_running_loop().create_future()
        if not self._lanes:
            self._overlapping_since = time.monotonic()
        self._lanes += lanes
        line = self._idle.pop()
        line.call(values, partial(self._answered, line, answer, wishes, lanes))
        return answer

    def close(self) -> Callable[[], None]:
        """No commit is begun any more. The connections are closed by what is returned, on the thread of `connect`."""
        for line in self._lines:
            line.close()
        return partial(disconnect, self._databases)

    def _answered(
        self,
        line: _Line,
        answer: asyncio.Future[dict[int, Verdict]],
        wishes: Sequence[Wish],
        lanes: int,
        found: PGresult | DatabaseError,
    ) -> None:
        self._lanes -= lanes
        if not isinstance(found, DatabaseError):
            self._idle.append(line)
        if answer.done():
            return
        if isinstance(found, DatabaseError):
            answer.set_exception(found)
        else:
            answer.set_result(one_statement.verdicts(found, wishes))


class _Line:
    """One connection, on which one call is under way at a time. It is of no more use after a call that failed."""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self._database = database
        self._libpq: PGconn = database.connection.pgconn
        self._libpq.nonblocking = 1
        self._socket = self._libpq.socket  # which libpq does not tell any more once it is lost
        self._loop = asyncio.get_running_loop()
        self._found: list[PGresult] = []
        self._tell: Callable[[PGresult | DatabaseError], None] | None = None
        self._loop.add_reader(self._socket, self._readable)
        self._timer = self._loop.call_later(_LOOK_SECONDS, self._look)

    def call(self, values: Sequence[bytes | None], tell: Callable[[PGresult | DatabaseError], None]) -> None:
        """Make the call of `one_statement`; `tell` is told what comes of it."""
        self._tell = tell
        self._try(self._send, values)

    def close(self) -> None:
        """The loop does not look at it any more."""
        self._timer.cancel()
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)

    def _send(self, values: Sequence[bytes | None]) -> None:
        self._libpq.send_query_prepared(_STATEMENT, values, param_formats=one_statement.FORMATS)
        self._flush()

    def _flush(self) -> None:
        if self._libpq.flush():
            self._loop.add_writer(self._socket, self._try, self._flush)
        else:
            self._loop.remove_writer(self._socket)

    def _look(self) -> None:
        """uvloop calls no reader of a socket that the other end has reset. Whoever reads from it is told."""
        self._timer = self._loop.call_later(_LOOK_SECONDS, self._look)
        if self._tell is not None:
            self._try(self._read)

    def _readable(self) -> None:
        self._try(self._read)

    def _read(self) -> None:
        self._libpq.consume_input()
        while not self._libpq.is_busy():
            found = self._libpq.get_result()
            if found is None:
                break
            self._found.append(found)
        else:
            return
        # Only now is the commit over: the row itself may come before it.
        results, self._found = self._found, []
        if self._tell is not None and results:
            for each in results:
                one_statement.checked(each)
            tell, self._tell = self._tell, None
            tell(results[-1])

    def _try(self, work: Callable[..., None], *values: Any) -> None:
        try:
            with self._database.wrap_database_errors:
                work(*values)
            if self._tell is not None and self._libpq.status != _GOOD:
                # Found out while it sent. The socket is closed already, so nothing would ever be there to be read.
                raise OperationalError("the connection was lost on the way")
        except DatabaseError as error:
            self.close()
            tell, self._tell = self._tell, None
            if tell is not None:
                tell(error)


def connect() -> list[BaseDatabaseWrapper]:
    """Connections on which the call is prepared: MOST of them, or as many as the server lets us have."""
    databases: list[BaseDatabaseWrapper] = []
    try:
        for _ in range(MOST):
            database = connection.copy()
            databases.append(database)
            database.connect()
            with database.wrap_database_errors:
                one_statement.prepare(database.connection.pgconn, _STATEMENT)
    except OperationalError as error:
        log.info("only %d connections for commits: %s", len(databases) - 1, error)
        databases.pop().close()
    return databases


def disconnect(databases: Sequence[BaseDatabaseWrapper]) -> None:
    """Close what `connect` opened."""
    for database in databases:
        database.close()
