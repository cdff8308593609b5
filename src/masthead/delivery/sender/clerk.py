"""The clerk: through it everything is written and read while a range is worked on.

All lanes that ask while a commit is running share the next one (group commit), so a sync costs each of them a fraction. Commits
are made on the event loop where `rounds` knows how; else, and whenever one fails, by the clerk's thread, which has patience. The
thread has a connection of its own, and does whatever else the sender asks of the database.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections

from masthead.common.full_disk import is_full_disk
from masthead.common.stopping import STOP
from masthead.delivery import trouble
from masthead.delivery.ledger.committing import Book
from masthead.delivery.ledger.entries import GO, Result, Verdict, Wish
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.sender import calls, rounds

log = logging.getLogger(__name__)
T = TypeVar("T")

HEARTBEAT_SECONDS = 5.0
#: Who left is promised that no dot is written a second later. A dot that could not be written in time is not written.
GATE_SECONDS = 0.8
_ACCEPTED = 3
_VERDICTS = tuple(Verdict)
# SQLite's words for a disk that does not keep what it is told (rule 7). A full disk is not among them: it can be emptied.
_FATAL = ("disk i/o error", "readonly database", "malformed")


class Answer(NamedTuple):
    """The verdict on a wish and when (monotonic seconds) its commit began to look at the gate."""

    verdict: Verdict
    looked_at: float

    @property
    def is_late(self) -> bool:
        """Whether it is too long ago for a dot."""
        return time.monotonic() - self.looked_at > GATE_SECONDS


#: Who is told, on the event loop, that what it asked for is durable, or why it never will be.
Told = Callable[[Answer | Exception], None]
#: What a lane asks to be written, and who waits for it. A bare tuple: there is one for each mail.
_Entry = tuple[Sequence[Result], Wish | None, Told]


class Rounds(Protocol):
    """How commits are made on the event loop: `rounds.Rounds` on SQLite, `calls.Calls` on PostgreSQL."""

    def may_begin(self, asking: int) -> bool:
        """Whether one more is worth it for so many lanes. When none is under way, it is."""

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
        """Begin a commit for so many `lanes`. A django.db.Error, raised or in the future, leaves it to the thread."""

    def close(self) -> Callable[[], None]:
        """No more; what is returned closes what is open, on the clerk's thread."""


class Clerk:
    """Writes for one campaign. Made and used on the event loop; its thread ends with `close`."""

    def __init__(self, *, campaign_id: int, lists: Sequence[int], claims: Mapping[int, Claim]) -> None:
        self._loop = asyncio.get_running_loop()
        self._campaign_id = campaign_id
        self._lists = lists
        self._claims = claims
        self._rounds: Rounds | None = None
        self._opened: Rounds | None = None
        self._asked: list[_Entry] = []
        self._planned = False
        self._entries: deque[_Entry] = deque()
        self._calls: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._wake = threading.Event()
        self._closing = False
        self._book: Book | None = None
        self._accepted = 0
        self._last_sign = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"clerk of campaign {campaign_id}", daemon=True)
        self._thread.start()

    async def open(self) -> None:
        """Have commits made on the event loop if that is possible here."""
        self._rounds = self._opened = await (self._on_postgresql() if connection.vendor == "postgresql" else self._on_sqlite())

    def commit(self, results: Sequence[Result]) -> asyncio.Future[Answer]:
        """Durable when it is done: `results` are written. While the database is away it waits."""
        future: asyncio.Future[Answer] = self._loop.create_future()
        self.ask(results, None, partial(_tell, future))
        return future

    def ask(self, results: Sequence[Result], wish: Wish | None, told: Told) -> None:
        """Have `results` written and the verdict on `wish` spoken. `told` is called once, later, and raises nothing.

        While the database is away it waits; no dot is written meanwhile.
        """
        entry = (results, wish, told)
        if self._rounds is None:
            self._leave_to_thread([entry])
            return
        self._asked.append(entry)
        if not self._planned:
            self._plan_round(self._rounds)

    async def call(self, work: Callable[[], T]) -> T:
        """Run `work` on the clerk's thread, between two commits."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._calls.append((work, future))
        self._wake.set()
        return await future

    async def close(self) -> None:
        """End the thread once everything asked for is written."""
        if self._opened is not None:
            await self.call(self._opened.close())
        self._closing = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join)

    # --- on the loop -------------------------------------------------------------------------------------------------

    async def _on_sqlite(self) -> Rounds | None:
        found = await self.call(partial(rounds.connect, self._campaign_id, self._lists))
        if found is None:
            return None
        our = await rounds.try_out(*found, _end_if_fatal)
        if our is None:
            await self.call(partial(rounds.disconnect, found[0].database, found[1]))
        return our

    async def _on_postgresql(self) -> Rounds | None:
        found = await self.call(calls.connect)
        return calls.Calls(found, self._campaign_id, self._lists) if found else None

    def _plan_round(self, our: Rounds) -> None:
        """Begin a round once all lanes that have something to say at this moment have said it."""
        if our.may_begin(len(self._asked)):
            self._planned = True
            self._loop.call_soon(self._begin_round, our)

    def _begin_round(self, our: Rounds) -> None:
        self._planned = False
        if not self._asked or not our.may_begin(len(self._asked)):
            return
        batch, self._asked = self._asked, []
        results, wishes = _joined(batch)
        looked_at = time.monotonic()
        at, today = _moment()
        try:
            answer = our.begin(
                results, wishes, dict(self._claims), at=at, today=today, rates=self._rates(results), lanes=len(batch)
            )
        except DatabaseError:
            self._leave_to_thread(batch)
        except Exception as error:  # noqa: BLE001 (told to those who wait for it)
            _answer([(told, error) for _results, _wish, told in batch])
        else:
            answer.add_done_callback(partial(self._round_done, our, batch, looked_at))

    def _round_done(self, our: Rounds, batch: list[_Entry], looked_at: float, answer: asyncio.Future[dict[int, Verdict]]) -> None:
        error = answer.exception()
        if error is not None:
            self._leave_all_to_thread(batch)
            return
        if self._asked:
            self._begin_round(our)  # before those are answered who will keep the loop busy
        _answer(_answers(batch, answer.result(), looked_at))

    def _leave_all_to_thread(self, batch: Sequence[_Entry]) -> None:
        """The server or the way to it is in trouble: for the rest of this run the thread commits, which has patience."""
        self._rounds = None
        self._leave_to_thread([*batch, *self._asked])
        self._asked = []

    def _leave_to_thread(self, batch: Sequence[_Entry]) -> None:
        self._entries.extend(batch)
        self._wake.set()

    # --- on the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not (self._closing and not self._entries and not self._calls):
                self._wake.wait(HEARTBEAT_SECONDS)
                self._wake.clear()
                while self._entries:
                    self._commit_batch()
                while self._calls:
                    self._make_call()
                if time.monotonic() - self._last_sign >= HEARTBEAT_SECONDS:
                    self._settle([], [])
        finally:
            connections.close_all()

    def _commit_batch(self) -> None:
        batch: list[_Entry] = []
        while self._entries:
            batch.append(self._entries.popleft())
        results, wishes = _joined(batch)
        looked_at = time.monotonic()
        try:
            verdicts = self._settle(results, wishes)
        except Exception as error:  # noqa: BLE001 (told to those who wait for it)
            self._loop.call_soon_threadsafe(_answer, [(told, error) for _results, _wish, told in batch])
            return
        self._loop.call_soon_threadsafe(_answer, _answers(batch, verdicts, looked_at))

    def _settle(self, results: Sequence[Result], wishes: Sequence[Wish]) -> dict[int, Verdict]:
        rates = self._rates(results)
        return self._patiently(lambda: self._commit_once(results, wishes, rates))

    def _patiently(self, work: Callable[[], T]) -> T:
        """Do it again for as long as the database cannot be reached or is busy."""
        failures = 0
        while True:
            try:
                done = work()
            except (OperationalError, InterfaceError) as error:
                _end_if_fatal(error)
                failures += 1
                log.warning("campaign %s: %s", self._campaign_id, trouble.note(self._campaign_id, error))
                connection.close()
                if STOP.is_set() and failures > 5:
                    raise
                time.sleep(min(5.0, 0.1 * 2**failures))
            else:
                if failures:
                    trouble.over(self._campaign_id)
                    log.warning("campaign %s: the database can be written again; sending goes on", self._campaign_id)
                return done

    def _commit_once(self, results: Sequence[Result], wishes: Sequence[Wish], rates: dict[int, int] | None) -> dict[int, Verdict]:
        at, today = _moment()
        if self._book is None:
            self._book = Book(campaign_id=self._campaign_id, lists=self._lists)
        return self._book.commit(results, wishes, dict(self._claims), at=at, today=today, rates=rates)

    def _rates(self, results: Sequence[Result]) -> dict[int, int] | None:
        """Every few seconds what the sign of life says, with these `results` in it."""
        self._accepted += [result.state for result in results].count(_ACCEPTED)
        passed = time.monotonic() - self._last_sign
        if passed < HEARTBEAT_SECONDS:
            return None
        self._last_sign += passed
        rate, self._accepted = round(self._accepted / passed), 0
        # All lanes work for all ranges in hand; the rate stands at the first of them.
        return {range_id: 0 if position else rate for position, range_id in enumerate(dict(self._claims))}

    def _make_call(self) -> None:
        work, future = self._calls.popleft()
        try:
            value = self._patiently(work)
        except Exception as error:  # noqa: BLE001 (told to the one who waits for it)
            self._loop.call_soon_threadsafe(_tell, future, error)
        else:
            self._loop.call_soon_threadsafe(_tell, future, value)


def _moment() -> tuple[int, date]:
    """Seconds since 1970, and the day (UTC)."""
    now = time.time()
    return int(now), datetime.fromtimestamp(now, UTC).date()


def _joined(batch: Sequence[_Entry]) -> tuple[list[Result], list[Wish]]:
    return [result for results, _, _ in batch for result in results], [wish for _, wish, _ in batch if wish is not None]


def _answers(batch: Sequence[_Entry], verdicts: Mapping[int, Verdict], looked_at: float) -> list[tuple[Told, Answer]]:
    said = {verdict: Answer(verdict, looked_at) for verdict in _VERDICTS}
    return [(told, said[verdicts[wish.id]] if wish else said[GO]) for _, wish, told in batch]


def _answer(answers: Sequence[tuple[Told, Answer | Exception]]) -> None:
    for told, answer in answers:
        told(answer)


def _tell(future: asyncio.Future[T], value: T | Exception) -> None:
    if future.done():
        return
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)


def _end_if_fatal(error: Exception) -> None:
    """A failed sync is not tried again: the process ends, and what is uncertain gets its name when it starts again."""
    if (isinstance(error, OSError) or any(words in str(error).lower() for words in _FATAL)) and not is_full_disk(error):
        log.critical("the database could not be written: %s. Ending at once; see to the disk, then start again.", error)
        os._exit(74)
