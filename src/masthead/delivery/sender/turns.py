"""Turns: which mail may go now over which relay, else when. Costs nothing while there is one relay without limits.

It spends slots and budgets from memory that it takes in blocks from `mail.allowances`, on the clerk's thread; so the limits
hold for all workers together. It is also where the governor hears of answers. Lives on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from masthead.delivery.sender.clerk import Clerk
from masthead.mail import allowances, slowing
from masthead.mail.allowances import Grant
from masthead.mail.pacing import governor
from masthead.mail.pacing.governor import FREE, Ear, Pace
from masthead.mail.pacing.limits import NO_LIMITS, Limits
from masthead.mail.pacing.shares import Shares
from masthead.mail.provider_limits import Known
from masthead.mail.transports.base import Reply, Stage, TransportConfig

log = logging.getLogger(__name__)

#: A slot nobody used is lost after so many seconds, or one interval: a lane that was busy does not make up for it.
GRACE_SECONDS = 0.1
#: Whoever has to wait longer gives its connection back.
LONG_SECONDS = 20.0
REFRESH_SECONDS = 5.0
_WANT = 1000
_EVERYBODY = ""


@dataclass(slots=True)
class Purse:
    """What this worker holds of one limited thing."""

    scope: str
    limits: Limits = NO_LIMITS
    #: For the governor's purses: what it says now.
    pace: Pace = FREE
    blocks: deque[list[float]] = field(default_factory=deque)  # [due (monotonic seconds), interval, count]
    asking: bool = False
    again_at: float = 0.0
    last_block: int = 1

    @property
    def interval(self) -> float:
        """Seconds between two mails."""
        return max(self.limits.interval, self.pace.interval)

    @property
    def budgeted(self) -> bool:
        """Whether what is not used must be given back."""
        return bool(self.limits.per_hour or self.limits.per_day)

    def left(self) -> int:
        """How many slots it holds."""
        return sum(int(block[2]) for block in self.blocks)

    def expire(self, now: float) -> int:
        """Drop slots that are too old; how many."""
        dropped = 0
        while self.blocks:
            due, interval, _count = block = self.blocks[0]
            if interval <= 0:
                break
            late = (now - due - max(interval, GRACE_SECONDS)) / interval
            lost = min(int(block[2]), int(late) + 1) if late > 0 else 0
            dropped += lost
            block[0] += lost * interval
            block[2] -= lost
            if block[2] > 0:
                break
            self.blocks.popleft()
        return dropped

    def spend(self) -> None:
        """Use the first slot."""
        block = self.blocks[0]
        block[0] += block[1]
        block[2] -= 1
        if block[2] <= 0:
            self.blocks.popleft()


class Turns:
    """The limits of the relays of one campaign, and of the providers its readers are with."""

    def __init__(
        self,
        clerk: Clerk,
        configs: Sequence[TransportConfig],
        known: Known,
        paces: Mapping[tuple[int, str], Pace],
        held: Iterable[str] = (),
    ) -> None:
        #: Providers whose readers are passed over, until a person goes on with them.
        self.held = set(held)
        self._clerk = clerk
        self._known = known
        self._keys = [config.key for config in configs]
        self._transports = {
            config.key: Purse(allowances.transport_scope(config.key), config.limits) for config in configs if config.limits.any
        }
        self._providers = {name: Purse(allowances.provider_scope(name), limits) for name, limits in known.limits.items()}
        self._slow: dict[tuple[int, str], Purse] = {}
        #: Of those who complained not long ago.
        self._ears: dict[tuple[int, str], Ear] = {}
        self.shares = Shares({config.key: config.weight for config in configs}) if len(configs) > 1 else None
        self._deferred: dict[int, int] = {}
        self._chores: set[asyncio.Task[None]] = set()
        self._offset = 0.0
        self._began = time.monotonic()
        self._accepted = 0
        self._news = asyncio.Event()
        #: How many mails wait for their turn in memory.
        self.waiting: Callable[[], int] = lambda: _WANT
        for pair, pace in paces.items():
            self._set_pace(pair, pace)

    # --- asked by the feeder -----------------------------------------------------------------------------------------

    @property
    def by_provider(self) -> bool:
        """Whether it matters which provider a mail goes to."""
        return bool(self._providers or self._slow or self.held)

    @property
    def free(self) -> bool:
        """Whether every mail may go at once."""
        return self.shares is None and not (self._transports or self._providers or self._slow or self.held)

    def is_unlimited(self, provider: str) -> bool:
        """Whether every mail to `provider` may go at once, be it over this relay or that."""
        return not (self._transports or self.is_limited(provider) or self.is_limited(_EVERYBODY))

    def provider_of(self, address: str) -> str:
        """The provider that keeps this mailbox."""
        return self._known.providers.of(address.rpartition("@")[2])

    def domains_of(self, provider: str) -> list[str]:
        """The domains of a provider."""
        return self._known.providers.domains(provider)

    def wait(self, key: int, provider: str, now: float) -> float:
        """Seconds until a mail to `provider` may go over relay `key`; 0.0 for now."""
        longest = 0.0
        for purse in self._purses(key, provider):
            longest = max(longest, self._wait_for(purse, now))
        if longest == 0.0 and self.shares is not None and not self.shares.may(key):
            return 0.02
        return longest

    def relay_wait(self, now: float) -> float:
        """Seconds until any relay takes anything again, by its own limits."""
        return min((self._wait_for(self._transports[key], now) if key in self._transports else 0.0) for key in self._keys)

    def rate_of(self, provider: str) -> float:
        """Mails per second that `provider` may get at most, over all relays; 0.0 for any number."""
        rates = [1 / purse.interval for purse in [self._providers.get(provider)] if purse is not None and purse.interval]
        slow = [self._slow[key, provider].pace.rate or 0.0 for key in self._keys if (key, provider) in self._slow]
        if slow and len(slow) == len(self._keys):
            rates.append(sum(slow))
        return min(rates, default=0.0)

    def is_limited(self, provider: str) -> bool:
        """Whether `provider` has a limit of its own at the moment."""
        return provider in self._providers or any((key, provider) in self._slow for key in self._keys)

    def took(self, key: int, provider: str) -> None:
        """A mail to `provider` is handed over by relay `key`: after a `wait` of 0.0."""
        for purse in self._purses(key, provider):
            purse.spend()
            if purse.left() * 5 <= purse.last_block:
                self._ask(purse, time.monotonic())
        if self.shares is not None:
            self.shares.set_ready(key, True)
            self.shares.took(key)

    @property
    def news(self) -> asyncio.Event:
        """Set at the next change: a purse is filled, or a pace is another."""
        return self._news

    # --- told by the lanes -------------------------------------------------------------------------------------------

    def set_ready(self, key: int, ready: bool) -> None:
        """Relay `key` can take mail, or it cannot: it has no connection, or has to wait. The others do not wait for it then."""
        if self.shares is not None:
            self.shares.set_ready(key, ready)

    def answered(self, key: int, address: str, stage: Stage, reply: Reply) -> None:
        """Hear an answer: the governor slows down, or speeds up again."""
        if reply.code < 400:
            self._accepted += 1
            if self._ears:
                self._hear_well(key, self.provider_of(address))
            if self._slow:
                self._went_well(key, self.provider_of(address))
            return
        if not reply.temporary:
            return
        self._deferred[key] = self._deferred.get(key, 0) + 1
        if governor.is_complaint(reply.code, reply.enhanced, reply.text):
            # A refusal of the sender is about the relay itself and not about this reader's provider.
            provider = _EVERYBODY if stage == "mail" else self.provider_of(address)
            if self._ears.setdefault((key, provider), Ear()).hear(complaint=True):
                self._complained(key, provider, str(reply))

    async def refresh(self, more: Callable[[], None] | None = None) -> None:
        """Look every few seconds at what the governor of other workers says; `more` is done in the same call."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            paces, self._offset = await self._clerk.call(partial(_look, self._keys, more))
            for pair in set(self._slow) | set(paces):
                self._set_pace(pair, paces.get(pair, FREE))

    async def finish(self) -> None:
        """Give back what was not used."""
        if self._chores:
            await asyncio.wait(self._chores)
        purses = [*self._transports.values(), *self._providers.values()]
        budgets = {purse.scope: purse.left() for purse in purses if purse.budgeted}
        deferred = {allowances.transport_scope(key): count for key, count in self._deferred.items() if key in self._transports}
        if any(budgets.values()) or deferred:
            await self._clerk.call(partial(_give_back, budgets, deferred))

    # --- purses ------------------------------------------------------------------------------------------------------

    def _purses(self, key: int, provider: str) -> list[Purse]:
        found = [self._transports.get(key)]
        if self.by_provider:
            found += [self._providers.get(provider), self._slow.get((key, provider)), self._slow.get((key, _EVERYBODY))]
        return [purse for purse in found if purse is not None]

    def _wait_for(self, purse: Purse, now: float) -> float:
        if dropped := purse.expire(now):
            self._dropped(purse, dropped)
        if purse.blocks:
            return max(0.0, purse.blocks[0][0] - now)
        self._ask(purse, now)
        return max(0.01, purse.again_at - now)

    def _ask(self, purse: Purse, now: float) -> None:
        if purse.asking or now < purse.again_at:
            return
        purse.asking = True
        self._chore(self._fill(purse))

    async def _fill(self, purse: Purse) -> None:
        asked = time.monotonic()
        # Of a budget no more than there is use for: others may wait for it.
        want = max(1, min(_WANT, self.waiting())) if purse.budgeted else _WANT
        grant: Grant = await self._clerk.call(partial(_take, purse.scope, purse.limits, purse.pace, want))
        now = time.monotonic()
        purse.asking = False
        if grant.count:
            # Counted from when it was asked, the moment is a little early rather than late; the database's clock decides.
            purse.blocks.append([max(asked, asked + grant.wait), grant.interval, float(grant.count)])
            purse.last_block = grant.count
        else:
            purse.again_at = now + max(0.05, grant.wait)
        self._tell()

    def _dropped(self, purse: Purse, count: int) -> None:
        if purse.budgeted:
            self._chore(self._clerk.call(partial(_give_back, {purse.scope: count}, {})))

    # --- the governor ------------------------------------------------------------------------------------------------

    def _complained(self, key: int, provider: str, words: str) -> None:
        log.warning("%s says that mail comes too fast: %s", provider or f"relay {key}", words)
        observed = self._accepted / max(1.0, time.monotonic() - self._began)
        purse = self._slow.setdefault((key, provider), Purse(allowances.governor_scope(key, provider)))
        # At once, before the database knows of it: nothing more goes there.
        purse.blocks.clear()
        purse.again_at = time.monotonic() + governor.FIRST_STOP
        self._chore(self._change(key, provider, partial(_complained, key, provider, observed, words, random.random())))  # noqa: S311

    def _hear_well(self, key: int, provider: str) -> None:
        for pair in ((key, provider), (key, _EVERYBODY)):
            ear = self._ears.get(pair)
            if ear is not None:
                ear.hear(complaint=False)
                if ear.calm:
                    del self._ears[pair]

    def _went_well(self, key: int, provider: str) -> None:
        for name in (provider, _EVERYBODY):
            purse = self._slow.get((key, name))
            if purse is None or purse.pace.rate is None:
                continue
            moment = time.monotonic() + self._offset
            if governor.after_success(purse.pace, now=moment) != purse.pace:
                # Not asked again until the answer is here.
                purse.pace = Pace(**{**_fields(purse.pace), "since": moment})
                self._chore(self._change(key, name, partial(_went_well, key, name)))

    async def _change(self, key: int, provider: str, work: Callable[[], tuple[Pace, float]]) -> None:
        pace, self._offset = await self._clerk.call(work)
        self._set_pace((key, provider), pace)

    def _set_pace(self, pair: tuple[int, str], pace: Pace) -> None:
        if pace.rate is None:
            self._slow.pop(pair, None)
        else:
            purse = self._slow.setdefault(pair, Purse(allowances.governor_scope(*pair)))
            if pace.rate != purse.pace.rate:
                purse.blocks.clear()
                purse.again_at = 0.0
            purse.pace = pace
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _chore(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


# --- on the clerk's thread -----------------------------------------------------------------------------------------------


def _take(scope: str, limits: Limits, pace: Pace, want: int) -> Grant:
    now = allowances.database_now()
    return allowances.take(scope, limits, want=want, now=now, interval=pace.interval, not_before=pace.not_before)


def _give_back(budgets: dict[str, int], deferred: dict[str, int]) -> None:
    now = allowances.database_now()
    for scope, count in budgets.items():
        allowances.give_back(scope, count, now=now)
    for scope, count in deferred.items():
        allowances.note(scope, deferred=count, now=now)


def _complained(key: int, provider: str, observed: float, words: str, jitter: float) -> tuple[Pace, float]:
    now = allowances.database_now()
    pace = slowing.complained(key, provider, now=now, observed=observed, words=words, jitter=jitter)
    return pace, now - time.monotonic()


def _went_well(key: int, provider: str) -> tuple[Pace, float]:
    now = allowances.database_now()
    return slowing.went_well(key, provider, now=now), now - time.monotonic()


def _look(keys: list[int], more: Callable[[], None] | None) -> tuple[dict[tuple[int, str], Pace], float]:
    if more is not None:
        more()
    return slowing.paces(keys), allowances.database_now() - time.monotonic()


def _fields(pace: Pace) -> dict[str, Any]:
    return {name: getattr(pace, name) for name in pace.__slots__}
