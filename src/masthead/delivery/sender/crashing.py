"""The hook of the crash tests: MASTHEAD_CRASH_AT="dot_written:17" ends the process the 17th time it gets to that point.

`os._exit` runs no handler and flushes nothing, as SIGKILL would. Without the variable a point costs one look at a name;
where thousands pass in a second they look at ARMED before.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

POINTS = (
    *("taken", "rendered", "mail_sent", "data_wanted", "body_written", "committed"),
    *("dot_written", "reply_read", "reply_recorded", "range_done"),
)
_POINT, _, _COUNT = os.environ.get("MASTHEAD_CRASH_AT", "").partition(":")
ARMED = bool(_POINT)
_left = int(_COUNT or 1)

T = TypeVar("T")


def point(name: str) -> None:
    """We are at `name`, one of POINTS."""
    if name == _POINT:
        _count_down()


def soon(name: str) -> None:
    """We are at `name` once what is written now has left for the wire."""
    asyncio.get_running_loop().call_soon(point, name)


async def after_start(name: str, work: Coroutine[Any, Any, T]) -> T:
    """Begin `work`, be at `name` as soon as it waits for the first time, then see it through."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    point(name)
    return await task


def _count_down() -> None:
    global _left
    _left -= 1
    if _left <= 0:
        os._exit(137)
