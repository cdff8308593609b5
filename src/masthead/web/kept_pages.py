"""Finished public pages, kept in the memory of this process until something that is shown changes.

What is kept is what anybody may see, without a session, without a query: a view says so by `keep` (see `web.keeping`), and
an answer that names a cookie or calls itself private is never taken. Everything is thrown away as soon as the mark of the
publications and editions (`web.freshness`) is another one, and each page after ten minutes in any case.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

#: The mark is looked at once in this time, so that what another process published is seen as soon as that.
CHECKED_FOR = 1.0
LONGEST = 600.0
_MOST_BYTES = 64 * 2**20
_LARGEST = 2 * 2**20


class Key(NamedTuple):
    """What a page depends on besides the database. `host` is the Host header as it came."""

    scheme: str
    host: str
    path: str
    gzip: bool


@dataclass(frozen=True)
class Page:
    """An answer with status 200; `headers` without Content-Length. It is kept for `lasts` seconds at most."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str
    born: float
    lasts: float = LONGEST

    def matches(self, if_none_match: str) -> bool:
        """Whether a client that sends `if_none_match` has this page already (RFC 9110, 13.1.2: compared weakly)."""
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in tags or self.etag.removeprefix("W/") in tags

    def headers_of_304(self) -> list[tuple[str, str]]:
        """What a 304 repeats (RFC 9110, 15.4.5), and the policies."""
        return [(name, value) for name, value in self.headers if not name.lower().startswith("content-")]


@dataclass
class KeptPages:
    """The pages under the mark they were made under. `clock` in seconds, never going back."""

    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _checking: threading.Lock = field(default_factory=threading.Lock)
    _pages: OrderedDict[Key, Page] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _mark: object = None
    _trusted_until: float = 0.0

    def check(self, mark: Callable[[], object]) -> object:
        """The mark now: asked for unless that was done a moment ago. With a new one all pages go."""
        if self.clock() < self._trusted_until:
            return self._mark
        with self._checking:
            began = self.clock()
            if began < self._trusted_until:
                return self._mark
            found = mark()
            with self._lock:
                if found != self._mark:
                    self._pages.clear()
                    self._bytes, self._mark = 0, found
                # Counted from before the question: what changed during it is found by the next.
                self._trusted_until = began + CHECKED_FOR
            return found

    def doubt(self) -> None:
        """Something may just have changed: look at the mark before the next page."""
        self._trusted_until = 0.0

    def at_once(self, key: Key) -> Page | None:
        """The page if nothing has to be asked for it."""
        return self.get(key) if self.clock() < self._trusted_until else None

    def get(self, key: Key) -> Page | None:
        """The page, if it is there and not too old."""
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if self.clock() - page.born > page.lasts:
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: Page, *, mark: object) -> None:
        """Keep a page that was begun under `mark`; not if that has changed meanwhile. The longest unasked make room."""
        if len(page.body) > _LARGEST:
            return
        with self._lock:
            if mark != self._mark:
                return
            self._drop(key)
            self._pages[key] = page
            self._bytes += len(page.body)
            while self._bytes > _MOST_BYTES:
                self._drop(next(iter(self._pages)))

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._pages.clear()
            self._bytes, self._mark, self._trusted_until = 0, None, 0.0

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= len(page.body)


PAGES = KeptPages()
