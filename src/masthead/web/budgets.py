"""How often a form may be posted from one neighbourhood of the net, without keeping an address of anyone (security rule S14).

Counts live in the memory of this process, under a keyed hash of the IP prefix (/24, /48) whose key is thrown away with the hour:
nothing that could name a visitor is ever written. Several processes count apart, so a limit is per process.
"""

from __future__ import annotations

import ipaddress
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest

_HOUR = 3600.0


class OverBudget(Exception):
    """Too many posts. `seconds` says when the next hour of the budget begins."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts; the next is possible in {seconds} seconds.")
        self.seconds = seconds


@dataclass
class Budget:
    """`per_prefix` posts an hour from one IP prefix, `total` from all together."""

    per_prefix: int
    total: int
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _counts: Counter[bytes] = field(default_factory=Counter)
    _all: int = 0
    _key: bytes = b""
    _ends: float = 0.0

    def spend(self, ip: str) -> None:
        """Count one post from `ip`. Raises OverBudget."""
        with self._lock:
            now = self.clock()
            if now >= self._ends:
                self._key, self._ends, self._all = secrets.token_bytes(32), now + _HOUR, 0
                self._counts.clear()
            who = blake2b(_prefix(ip).encode(), key=self._key, digest_size=16).digest()
            if self._counts[who] >= self.per_prefix or self._all >= self.total:
                raise OverBudget(max(1, int(self._ends - now)))
            self._counts[who] += 1
            self._all += 1

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._ends = 0.0


SIGN_UP = Budget(per_prefix=20, total=2000)
#: For those whose browser did the sum of `web.proof_of_work`.
SIGN_UP_PROVED = Budget(per_prefix=100, total=20_000)
SIGN_IN = Budget(per_prefix=20, total=1000)
CODES = Budget(per_prefix=30, total=1000)
FORWARD = Budget(per_prefix=20, total=500)
#: Pages reached by a link from a mail: guessing a token is hopeless anyway; this only keeps the noise down.
TOKENS = Budget(per_prefix=600, total=100_000)


def ip_of(request: HttpRequest) -> str:
    """Where the request came from: what the nearest trusted proxy says, else the other end of the connection."""
    if settings.BEHIND_PROXY:
        # Only the last entry was written by our own proxy; those before it are the client's word.
        return str(request.headers.get("X-Forwarded-For", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _prefix(ip: str) -> str:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
