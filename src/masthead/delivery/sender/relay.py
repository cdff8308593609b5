"""A relay as all its lanes in a worker see it: connecting with patience, and noticing when it refuses us and not the readers."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable

from masthead.delivery import holding
from masthead.delivery.ledger.entries import Result
from masthead.delivery.retry import reconnect_after
from masthead.delivery.sender.feeder import Feeder
from masthead.delivery.sender.refusing import LAST, RELAY, Refusals
from masthead.delivery.sender.turns import Turns
from masthead.mail.transports import refusals
from masthead.mail.transports.base import ConnectFailed, Lane, Reply, Stage

#: A relay that cannot be reached is tried for so long; then the campaign pauses for a while and says why.
PATIENCE_SECONDS = 20.0
#: A refused sign-in or an untrusted certificate does not mend itself.
MOST_REFUSED_CONNECTIONS = 3
_OURS_AT_ONCE = ("mail", "data")


class Relay:
    """What this worker has learned about one relay. `attention` in words; `pause` when a person must act.

    `unreachable` when there was no connection for PATIENCE_SECONDS. `fleet` are all relays of the run, this one among them: a
    relay that gives up leaves the work to the others, and the last one ends the run.
    """

    def __init__(
        self, make_lane: Callable[[], Lane], feeder: Feeder, turns: Turns, *, key: int, name: str, fleet: list[Relay]
    ) -> None:
        self.key = key
        self.name = name
        self._make_lane = make_lane
        self._feeder = feeder
        self._turns = turns
        self._fleet = fleet
        self._stopped = asyncio.Event()
        self._greeted = asyncio.Event()
        self._first = True
        self._refused_connections = 0
        self._trouble_since: float | None = None
        self._refusals = Refusals(turns.held)
        self._never_reached = ""
        self._reached = False
        self.open_lanes = 0
        self.accepted = 0
        self.attention = ""
        self.pause = False
        self.unreachable = False
        #: Rows that were refused for our fault, the last ones: put back when the campaign is paused for it.
        self.blameless: deque[int] = deque(maxlen=LAST)
        #: The same of providers that are held, put back in any case.
        self.held: list[int] = []
        self._by_provider: dict[str, deque[int]] = {}

    @property
    def has_others(self) -> bool:
        """Whether the run has more relays than this one."""
        return len(self._fleet) > 1

    @property
    def failed(self) -> bool:
        """It gave up: out of reach, or it refuses us."""
        return self.pause or self.unreachable

    async def connect(self) -> Lane | None:
        """An open lane; None when there is no use in trying on. The first lane alone finds out whether the relay is there."""
        if not self._first:
            await self._until(self._greeted)
        self._first = False
        failures = 0
        while not self._feeder.halted.is_set() and not self._stopped.is_set():
            lane = self._make_lane()
            try:
                await lane.open()
            except ConnectFailed as error:
                failures += 1
                self._note_failure(error)
                if self.has_others and not await self._feeder.has_work():
                    return None
                await self._rest(reconnect_after(failures, jitter=random.random()))  # noqa: S311 (no secret)
            else:
                self.open_lanes += 1
                self._reached = True
                self._turns.set_ready(self.key, True)
                self._trouble_since = None
                self._refused_connections = 0
                self._greeted.set()
                return lane
        return None

    def lost(self) -> None:
        """A lane is no longer open."""
        self.open_lanes -= 1
        if self.open_lanes == 0:
            self._turns.set_ready(self.key, False)

    def note(self, result: Result, address: str, stage: Stage, reply: Reply) -> None:
        """Look at one answer to a mail for `address`.

        A burst of refusals that are our fault ends the run and pauses the campaign, or holds the one provider it comes from.
        """
        self._turns.answered(self.key, address, stage, reply)
        if reply.code < 400:
            self.accepted += 1
            self._refusals.good(self._turns.provider_of(address) if self._refusals.has_suspects else RELAY, accepted=True)
        elif refusals.is_our_fault(stage, reply):
            self._refused(result, address, stage, reply)
        elif reply.temporary:
            self._refusals.neutral()
        else:
            self._refusals.good(self._turns.provider_of(address) if self._refusals.has_suspects else RELAY, accepted=False)

    def _refused(self, result: Result, address: str, stage: Stage, reply: Reply) -> None:
        provider = self._turns.provider_of(address)
        whose = RELAY if refusals.is_about_us_all(stage, reply) else provider
        if whose in self._turns.held:
            self.held.append(result.id)
            return
        self.blameless.append(result.id)
        self._by_provider.setdefault(provider, deque(maxlen=LAST)).append(result.id)
        if stage in _OURS_AT_ONCE and self.accepted == 0:
            self.attention = refusals.in_words(self.name, stage, reply)
        burst = self._refusals.refused(whose)
        if burst == RELAY:
            self._give_up(refusals.in_words(self.name, stage, reply), pause=True)
        elif burst is not None:
            self.held.extend(self._by_provider.pop(burst, ()))
            self._feeder.hold(burst, holding.refusal_in_words(burst, str(reply)))

    def conclude(self) -> None:
        """At the end of a run: a relay that took nothing and refused our sender is no matter of single readers."""
        if self.attention and self.accepted == 0 and self._refusals.open:
            self.pause = True
        if self._never_reached and not self._reached and self.has_others and not self.failed:
            # The others did all the work before its time was up.
            self.unreachable, self.attention = True, self._never_reached

    def _note_failure(self, error: ConnectFailed) -> None:
        now = time.monotonic()
        self._never_reached = error.text
        if self._trouble_since is None:
            self._trouble_since = now
        if error.permanent and error.stage not in ("greeting", "ehlo"):
            self._refused_connections += 1
        if self.open_lanes:
            return
        if self._refused_connections >= MOST_REFUSED_CONNECTIONS:
            self._give_up(error.text, pause=True)
        elif now - self._trouble_since > PATIENCE_SECONDS:
            self.unreachable = True
            self._give_up(error.text, pause=False)

    def _give_up(self, words: str, *, pause: bool) -> None:
        self.attention = words
        self.pause = pause
        self._stopped.set()
        self._feeder.stop(self.key)
        if all(relay._stopped.is_set() for relay in self._fleet):
            self._feeder.halt()

    async def _until(self, event: asyncio.Event) -> None:
        """Wait for `event`, or for the end of the run."""
        waits = [asyncio.ensure_future(each.wait()) for each in (event, self._feeder.halted, self._stopped)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._feeder.halted.wait()
        except TimeoutError:
            return
