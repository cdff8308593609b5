"""The pool: rows that wait in memory for their turn, sorted by provider only where that matters."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence

from masthead.delivery.ledger.rows import Row
from masthead.delivery.sender.outcomes import Mail
from masthead.delivery.sender.turns import Turns

#: Of a limited provider so many rows are kept at least; more of them are passed over, so that others are found.
MOST_OF_ONE = 300
#: Of a limited provider as many are kept as may go in so many seconds.
_AHEAD_SECONDS = 60.0
_MOST_OF_ONE_FAST = 3000
MOST_IN_ALL = 6000
_ALL = ""


class Pool:
    """Rows, and mails that were put back. `take` gives the next that may go over a relay now."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._waiting: dict[str, deque[Row | Mail]] = {}
        self._count = 0
        self._sorted = False

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Iterable[Row]) -> None:
        """Rows from the ledger."""
        self._sort_if_needed()
        if not self._sorted:
            before = self._waiting.setdefault(_ALL, deque())
            count = len(before)
            before.extend(rows)
            self._count += len(before) - count
            if not before:
                del self._waiting[_ALL]
            return
        for row in rows:
            self._queue(row).append(row)
            self._count += 1

    def put_back(self, mail: Mail) -> None:
        """A mail that was not handed over: it is the next of its provider."""
        self._sort_if_needed()
        self._queue(mail.row).appendleft(mail)
        self._count += 1

    def put_all_back(self, mails: Sequence[Mail]) -> None:
        """Mails of one provider, made ahead: they are its next ones, in this order."""
        if mails:
            self._sort_if_needed()
            self._queue(mails[0].row).extendleft(reversed(mails))
            self._count += len(mails)

    def drop(self, provider: str) -> list[Row | Mail]:
        """Take out all that is here for `provider`."""
        self._sort_if_needed()
        found = list(self._waiting.pop(provider, ()))
        self._count -= len(found)
        return found

    def take(self, key: int) -> Row | Mail | None:
        """What may go over relay `key` now."""
        if not self._count:
            return None
        if self._turns.free and not self._sorted:
            return self._pop(_ALL)
        self._sort_if_needed()
        now = time.monotonic()
        for provider in list(self._waiting):
            if self._turns.wait(key, provider, now) == 0.0:
                self._turns.took(key, provider)
                found = self._pop(provider)
                if provider in self._waiting:
                    # The next one asked is another provider: each gets its part, however many rows it has.
                    self._waiting[provider] = self._waiting.pop(provider)
                return found
        return None

    def next_rows(self, before: Row, most: int) -> list[Row]:
        """Take out up to `most` rows that stand behind `before`, which was taken; none where limits say who is next."""
        name = self._turns.provider_of(before.address) if self._sorted else _ALL
        waiting = self._waiting.get(name)
        if not waiting or not self._turns.is_unlimited(name):
            return []
        found: list[Row] = []
        while waiting and len(found) < most and isinstance(first := waiting[0], Row):
            found.append(first)
            waiting.popleft()
        self._count -= len(found)
        if not waiting:
            del self._waiting[name]
        return found

    def wait(self, key: int) -> float:
        """Seconds until something of what is here may go over relay `key`."""
        now = time.monotonic()
        return min((self._turns.wait(key, provider, now) for provider in self._waiting), default=0.0)

    def full(self) -> list[str]:
        """The limited providers of which there are enough rows here for now."""
        if not self._turns.by_provider:
            return []
        return [name for name, rows in self._waiting.items() if self._turns.is_limited(name) and len(rows) >= self._most(name)]

    def ready(self) -> int:
        """How many rows are here that are not of a provider of which there are enough."""
        if not self._turns.by_provider:
            return self._count
        return self._count - sum(len(self._waiting[name]) for name in self.full())

    def rest(self, providers: Iterable[str]) -> int:
        """Seconds until it is worth looking for more rows of `providers`."""
        spans = [len(self._waiting.get(name, ())) / (self._turns.rate_of(name) or 100.0) for name in providers]
        return int(min(60.0, max(1.0, min(spans, default=0.0) / 2)))

    def _most(self, provider: str) -> int:
        return min(_MOST_OF_ONE_FAST, max(MOST_OF_ONE, int(self._turns.rate_of(provider) * _AHEAD_SECONDS)))

    def _queue(self, row: Row) -> deque[Row | Mail]:
        name = self._turns.provider_of(row.address) if self._sorted else _ALL
        found = self._waiting.get(name)
        if found is None:
            found = self._waiting[name] = deque()
        return found

    def _pop(self, provider: str) -> Row | Mail:
        rows = self._waiting[provider]
        self._count -= 1
        found = rows.popleft()
        if not rows:
            del self._waiting[provider]
        return found

    def _sort_if_needed(self) -> None:
        """Once a provider is limited or slowed down, what is here is sorted; in a run it stays so."""
        if self._sorted or not self._turns.by_provider:
            return
        self._sorted = True
        mixed = self._waiting.pop(_ALL, deque())
        for each in mixed:
            self._queue(each.row if isinstance(each, Mail) else each).append(each)
