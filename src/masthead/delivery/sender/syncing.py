"""Syncs that Linux makes by itself (io_submit(2), by the library caio) while the event loop goes on."""

from __future__ import annotations

import asyncio
import errno
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any


class Syncs:
    """Lives on the event loop. Raises ImportError, OSError or SystemError where the system has no asynchronous I/O.

    It does without caio's own loop: that has a task and a semaphore for each sync, and it loses a sync whose end is asked for
    in the moment in which the process is stopped and continued (EINTR) – all lanes would wait for it for ever.
    """

    def __init__(self, most: int) -> None:
        caio = import_module("caio.linux_aio")
        self._operation: Any = caio.Operation
        self._context: Any = caio.Context(max_requests=most)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._context.fileno, self._some_ended)

    def fdsync(self, file: int) -> asyncio.Future[None]:
        """Begin to sync the data of the open `file`. The future has the SystemError or OSError if that is not possible."""
        done: asyncio.Future[None] = self._loop.create_future()
        operation = self._operation.fdsync(file)
        operation.set_callback(partial(_ended, done, operation))
        try:
            accepted = self._context.submit(operation)
        except (OSError, SystemError, ValueError) as error:
            done.set_exception(error)
        else:
            if accepted != 1:
                done.set_exception(OSError("the system did not take the request for a sync"))
        return done

    def close(self) -> None:
        """No more syncs."""
        self._loop.remove_reader(self._context.fileno)

    def _some_ended(self) -> None:
        with suppress(BlockingIOError):  # the count may lag behind the ends themselves
            self._context.poll()
        try:
            while self._context.process_events():
                pass
        except SystemError as error:
            if error.args[:1] != (errno.EINTR,):
                raise
            # The count is read already, so nothing but ourselves would ever ask again.
            self._loop.call_soon(self._some_ended)


def _ended(done: asyncio.Future[None], operation: Any, _result: int) -> None:
    if done.done():
        return
    try:
        operation.get_value()
    except (OSError, SystemError) as error:
        done.set_exception(error)
    else:
        done.set_result(None)
