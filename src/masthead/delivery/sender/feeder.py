"""The feeder: brings the next mail to whoever asks, range after range, with memory for a few hundred rows."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from django.utils import timezone

from masthead.delivery import holding
from masthead.delivery.ledger import ranges, rows
from masthead.delivery.ledger.entries import Result
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.ledger.rows import Row, Tracking
from masthead.delivery.rendering import Renderer
from masthead.delivery.sender import crashing, outcomes
from masthead.delivery.sender.clerk import Clerk
from masthead.delivery.sender.outcomes import Mail
from masthead.delivery.sender.pool import MOST_IN_ALL, Pool
from masthead.delivery.sender.turns import LONG_SECONDS, Turns
from masthead.mail.message import Message

log = logging.getLogger(__name__)

BATCH = 500
#: More rows are brought when fewer are left than are handed out in so many seconds: a worker that holds many more at the end
#: of a campaign is at work while the others are idle.
_LOW_SECONDS = 0.5
_MOST_LOW = 250
#: So many mails are made beyond the one that is asked for. They cost 10 KB of memory each.
_AHEAD = 31
#: A range that has to wait is looked at again after so many seconds, since somebody may have raised a limit.
_LONGEST_REST = 300
#: The same for one in which all wait at a provider that is held.
_HELD_REST = 60


class Feeder:
    """The rows of one campaign that this worker may send. Lives on the event loop."""

    def __init__(
        self,
        *,
        clerk: Clerk,
        renderer: Renderer,
        claims: dict[int, Claim],
        lists: Sequence[int],
        turns: Turns,
        lanes: int = 50,
        tracking: Tracking | None = None,
        go_on: bool = True,
    ) -> None:
        self._clerk = clerk
        self._renderer = renderer
        self._claims = claims
        self._lists = lists
        self._tracking = tracking
        self._go_on = go_on
        self._current: Claim | None = next(iter(claims.values()))
        self._campaign_id = self._current.campaign_id
        self._after = self._current.first - 1
        self._turns = turns
        self._stopped: set[int] = set()
        self._pool = Pool(turns)
        self._least_low = min(_MOST_LOW, max(lanes, _AHEAD + 1))
        self._low = self._least_low
        self._handed = 0
        self._counted_at = time.monotonic()
        #: Limited providers whose readers were passed over, by range: it is given back with them still waiting.
        self._passed_over: dict[int, set[str]] = {}
        #: Seconds until the next of those who wait in memory may go, when the lanes were sent away for that.
        self.rest = 0
        #: It is the relays that take nothing sooner, so that no other range is worth a look either.
        self._all_rest = False
        turns.waiting = self._pool.__len__
        self._open: dict[int, int] = dict.fromkeys(claims, 0)
        self._fetching: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[None]] = set()
        self._failure: Exception | None = None
        self.halted = asyncio.Event()

    def halt(self) -> None:
        """Hand out nothing more; what is on the wire is seen through."""
        self.halted.set()

    def stop(self, key: int) -> None:
        """Hand out nothing more to the lanes of relay `key`."""
        self._stopped.add(key)

    def hold(self, provider: str, why: str) -> None:
        """Hand out nothing more for `provider`, here and in all other workers, until a person goes on with it."""
        self._turns.held.add(provider)
        self._pass_over(self._pool.drop(provider))
        log.warning("campaign %s: %s is held: %s", self._campaign_id, provider, why)
        self._chore(self._clerk.call(partial(_hold, self._campaign_id, provider, why)))

    async def has_work(self) -> bool:
        """Whether there is anything to be handed over, now or later in this run."""
        while not self.halted.is_set() and not len(self._pool) and self._fetching is not None:
            await asyncio.wait([self._fetching])
        return not self.halted.is_set() and len(self._pool) > 0

    async def next(self, key: int = 0) -> Mail | None:
        """The next mail to hand over by relay `key`; None when there is no more for this worker now."""
        while not self.halted.is_set() and key not in self._stopped:
            mail = self.next_now(key)
            if mail is not None:
                return mail
            if len(self._pool):
                wait = self._pool.wait(key)
                if wait >= 1.0:
                    self._turns.set_ready(key, False)
                if wait > LONG_SECONDS and self._fetching is None:
                    self.rest = min(_LONGEST_REST, int(wait), self.rest or _LONGEST_REST)
                    self._all_rest = self._turns.relay_wait(time.monotonic()) > LONG_SECONDS
                    return None
                await self._doze(max(0.001, wait))
            elif self._fetching is not None:
                await asyncio.wait([self._fetching])
            else:
                return None
        return None

    def next_now(self, key: int = 0) -> Mail | None:
        """The next mail if one is there already and may go; None is no promise that there are no more."""
        if self.halted.is_set() or key in self._stopped:
            return None
        mail = None
        while mail is None and (found := self._pool.take(key)) is not None:
            mail = found if isinstance(found, Mail) else self._rendered_ahead(found)
        self._handed += mail is not None
        if self._fetching is None and self._current is not None and self._hungry():
            self._count_pace()
            self._fetching = asyncio.ensure_future(self._fetch())
        return mail

    def put_back(self, mail: Mail) -> None:
        """`mail` was not handed over and nothing is known against it: somebody else takes it."""
        mail.claimed = False
        if self._turns.held and self._turns.provider_of(mail.row.address) in self._turns.held:
            self._pass_over([mail])
        else:
            self._pool.put_back(mail)

    def settled(self, range_id: int) -> None:
        """One row of the range has its answer, durably."""
        left = self._open[range_id] = self._open.get(range_id, 0) - 1
        if left == 0:
            self._close_if_done(range_id)

    async def waiting(self) -> int:
        """How many rows are in memory, once the first batch is read: enough to say how many lanes are worth opening."""
        self._fetching = asyncio.ensure_future(self._fetch())
        await asyncio.wait([self._fetching])
        return len(self._pool)

    async def finish(self) -> None:
        """Give back all ranges."""
        self.halt()
        if self._fetching is not None:
            await asyncio.wait([self._fetching])
        if self._chores:
            await asyncio.wait(self._chores)
        for claim in list(self._claims.values()):
            await self._clerk.call(partial(ranges.release, claim, rest=self.rest))
            self._claims.pop(claim.range_id, None)
        if self._all_rest and self.rest:
            await self._clerk.call(partial(ranges.rest_all, self._campaign_id, seconds=self.rest))
        if self._failure is not None:
            raise self._failure

    async def _fetch(self) -> None:
        """Bring more rows: of this range, or of the next one nobody works on."""
        try:
            while self._current is not None and self._hungry() and not self.halted.is_set():
                claim = self._current
                now = time.time()
                work = partial(rows.fetch, claim, lists=self._lists, after=self._after, limit=BATCH, at=int(now))
                work = partial(work, tracking=self._tracking)
                if without := [*self._pool.full(), *self._turns.held]:
                    self._passed_over.setdefault(claim.range_id, set()).update(without)
                    work = partial(work, without_domains=[each for name in without for each in self._turns.domains_of(name)])
                more_rows, self._after, more = await self._clerk.call(partial(work, today=_day(now)))
                self._open[claim.range_id] += len(more_rows)
                self._pool.add(more_rows)
                for name in self._turns.held:  # since a moment ago, perhaps
                    self._pass_over(self._pool.drop(name))
                crashing.point("taken")
                if not more:
                    await self._next_range(claim)
        except Exception as error:  # noqa: BLE001 (raised again by `finish`: there is nobody here to tell)
            self._failure = error
            self.halt()
        finally:
            self._fetching = None

    def _hungry(self) -> bool:
        return self._pool.ready() < self._low and len(self._pool) < MOST_IN_ALL

    def _count_pace(self) -> None:
        """How many rows are few, by what was handed out since this was asked last."""
        now = time.monotonic()
        pace = self._handed / max(0.001, now - self._counted_at)
        self._low = min(_MOST_LOW, max(self._least_low, int(pace * _LOW_SECONDS)))
        self._handed, self._counted_at = 0, now

    async def _doze(self, seconds: float) -> None:
        """Wait until a turn may come: after `seconds`, at news, or when there are more rows."""
        waits = [asyncio.ensure_future(each.wait()) for each in (self._turns.news, self.halted)]
        others = [self._fetching] if self._fetching is not None else []
        await asyncio.wait([*waits, *others], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    async def _next_range(self, finished: Claim) -> None:
        self._current = None
        self._close_if_done(finished.range_id)
        if not self._go_on or self.halted.is_set():
            return
        claim = await self._clerk.call(partial(ranges.claim_next, finished.campaign_id, held=tuple(self._claims)))
        if claim is not None:
            self._claims[claim.range_id] = claim
            self._open[claim.range_id] = 0
            self._current = claim
            self._after = claim.first - 1

    def _pass_over(self, items: Sequence[Row | Mail]) -> None:
        """They stay in the ledger as they are; their ranges are given back with them."""
        for item in items:
            row = item.row if isinstance(item, Mail) else item
            self._passed_over.setdefault(row.range_id, set()).add(self._turns.provider_of(row.address))
            self.settled(row.range_id)

    def _close_if_done(self, range_id: int) -> None:
        """Give a range back as soon as its last row has an answer."""
        current = self._current is not None and self._current.range_id == range_id
        if current or self._open.get(range_id) != 0 or range_id not in self._claims:
            return
        claim = self._claims[range_id]
        self._chore(self._release(claim))

    async def _release(self, claim: Claim) -> None:
        passed_over = self._passed_over.pop(claim.range_id, set())
        limited = passed_over - self._turns.held
        rest = self._pool.rest(limited) if limited else _HELD_REST if passed_over else 0
        await self._clerk.call(partial(ranges.release, claim, rest=rest))
        self._claims.pop(claim.range_id, None)
        crashing.point("range_done")

    def _rendered_ahead(self, first: Row) -> Mail | None:
        """The mail of `first`. Those of the next rows are made with it, and wait in the pool: a processor that makes many in one
        go takes a third of the time for each of one that turns to the connections after every mail.
        """
        first_made, *others = self._rendered([first, *self._pool.next_rows(first, _AHEAD)])
        self._pool.put_all_back([other for other in others if other is not None])
        return first_made

    def _rendered(self, batch: Sequence[Row]) -> list[Mail | None]:
        """The mails of `batch`; None for one that is not to be sent, of which the ledger is told why."""
        now = int(time.time())
        dates = [now if row.dated is None else row.dated for row in batch]
        messages = self._renderer.render_all(batch, delivery_ids=[row.id for row in batch], dates=dates)
        mails: list[Mail | None] = []
        for row, dated, message in zip(batch, dates, messages, strict=True):
            mail = None
            if not isinstance(message, Message):
                self._chore(self._record(outcomes.unsendable(row, str(message), at=now)))
            elif row.digest is not None and row.digest != message.digest:
                self._chore(self._record(outcomes.changed(Mail(row, message, dated), at=now)))
            else:
                mail = Mail(row, message, dated)
            mails.append(mail)
            if crashing.ARMED:
                crashing.point("rendered")
        return mails

    async def _record(self, result: Result) -> None:
        await self._clerk.commit([result])
        self.settled(result.range_id)

    def _chore(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


def _hold(campaign_id: int, provider: str, why: str) -> None:
    holding.hold(campaign_id=campaign_id, provider=provider, why=why, by="system", now=timezone.now())


def _day(now: float) -> date:
    return datetime.fromtimestamp(now, UTC).date()
