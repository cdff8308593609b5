"""The feeder: brings the next mail to whoever asks, range after range, with memory for a few hundred rows."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from masthead.common.addresses import BadAddress
from masthead.delivery.ledger import ranges, rows
from masthead.delivery.ledger.committing import Result
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.ledger.rows import Row
from masthead.delivery.rendering import Reader, Renderer
from masthead.delivery.sender import crashing, outcomes
from masthead.delivery.sender.clerk import Clerk
from masthead.delivery.sender.outcomes import Mail
from masthead.mail.bulk import BadMail

BATCH = 500
_LOW = 250


class Feeder:
    """The rows of one campaign that this worker may send. Lives on the event loop."""

    def __init__(
        self, *, clerk: Clerk, renderer: Renderer, claims: dict[int, Claim], lists: Sequence[int], go_on: bool = True
    ) -> None:
        self._clerk = clerk
        self._renderer = renderer
        self._claims = claims
        self._lists = lists
        self._go_on = go_on
        self._current: Claim | None = next(iter(claims.values()))
        self._after = self._current.first - 1
        self._rows: deque[Row] = deque()
        self._back: deque[Mail] = deque()
        self._open: dict[int, int] = dict.fromkeys(claims, 0)
        self._fetching: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[None]] = set()
        self._failure: Exception | None = None
        self.halted = asyncio.Event()

    def halt(self) -> None:
        """Hand out nothing more; what is on the wire is seen through."""
        self.halted.set()

    async def next(self) -> Mail | None:
        """The next mail to hand over; None when there is no more for this worker now."""
        while not self.halted.is_set():
            mail = self.next_now()
            if mail is not None:
                return mail
            if self._fetching is None:
                return None
            await asyncio.wait([self._fetching])
        return None

    def next_now(self) -> Mail | None:
        """The next mail if one is there already; None is no promise that there are no more."""
        if self.halted.is_set():
            return None
        if self._back:
            return self._back.popleft()
        mail = None
        while mail is None and self._rows:
            mail = self._rendered(self._rows.popleft())
        if len(self._rows) < _LOW and self._current is not None and self._fetching is None:
            self._fetching = asyncio.ensure_future(self._fetch())
        return mail

    def put_back(self, mail: Mail) -> None:
        """`mail` was not handed over and nothing is known against it: somebody else takes it."""
        mail.claimed = False
        self._back.append(mail)

    def settled(self, range_id: int) -> None:
        """One row of the range has its answer, durably."""
        self._open[range_id] = self._open.get(range_id, 0) - 1
        self._close_if_done(range_id)

    async def waiting(self) -> int:
        """How many rows are in memory, once the first batch is read: enough to say how many lanes are worth opening."""
        self._fetching = asyncio.ensure_future(self._fetch())
        await asyncio.wait([self._fetching])
        return len(self._rows)

    async def finish(self) -> None:
        """Give back all ranges."""
        self.halt()
        if self._fetching is not None:
            await asyncio.wait([self._fetching])
        if self._chores:
            await asyncio.wait(self._chores)
        for claim in list(self._claims.values()):
            await self._clerk.call(partial(ranges.release, claim))
            self._claims.pop(claim.range_id, None)
        if self._failure is not None:
            raise self._failure

    async def _fetch(self) -> None:
        """Bring more rows: of this range, or of the next one nobody works on."""
        try:
            while self._current is not None and len(self._rows) < _LOW and not self.halted.is_set():
                claim = self._current
                now = time.time()
                work = partial(rows.fetch, claim, lists=self._lists, after=self._after, limit=BATCH, at=int(now))
                more_rows, self._after, more = await self._clerk.call(partial(work, today=_day(now)))
                self._rows.extend(more_rows)
                self._open[claim.range_id] += len(more_rows)
                crashing.point("taken")
                if not more:
                    await self._next_range(claim)
        except Exception as error:  # noqa: BLE001 (raised again by `finish`: there is nobody here to tell)
            self._failure = error
            self.halt()
        finally:
            self._fetching = None

    async def _next_range(self, finished: Claim) -> None:
        self._current = None
        self._close_if_done(finished.range_id)
        if not self._go_on or self.halted.is_set():
            return
        claim = await self._clerk.call(partial(ranges.claim_next, finished.campaign_id))
        if claim is not None:
            self._claims[claim.range_id] = claim
            self._open[claim.range_id] = 0
            self._current = claim
            self._after = claim.first - 1

    def _close_if_done(self, range_id: int) -> None:
        """Give a range back as soon as its last row has an answer."""
        current = self._current is not None and self._current.range_id == range_id
        if current or self._open.get(range_id) != 0 or range_id not in self._claims:
            return
        claim = self._claims[range_id]
        self._chore(self._release(claim))

    async def _release(self, claim: Claim) -> None:
        await self._clerk.call(partial(ranges.release, claim))
        self._claims.pop(claim.range_id, None)
        crashing.point("range_done")

    def _rendered(self, row: Row) -> Mail | None:
        now = int(time.time())
        dated = row.dated if row.dated is not None else now
        reader = Reader(row.address, row.name, row.language, row.mail_format, row.mail_mode, row.attributes)
        try:
            message = self._renderer.render(reader, delivery_id=row.id, date=dated)
        except (BadMail, BadAddress) as error:
            self._chore(self._record(outcomes.unsendable(row, str(error), at=now)))
            return None
        mail = Mail(row, message, dated)
        crashing.point("rendered")
        if row.digest is not None and row.digest != message.digest:
            self._chore(self._record(outcomes.changed(mail, at=now)))
            return None
        return mail

    async def _record(self, result: Result) -> None:
        await self._clerk.commit([result], None)
        self.settled(result.range_id)

    def _chore(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


def _day(now: float) -> date:
    return datetime.fromtimestamp(now, UTC).date()
