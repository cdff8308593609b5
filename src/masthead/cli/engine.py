"""The engine: what runs tasks in `masthead serve`, `masthead worker` and `masthead send --wait`.

On SQLite exactly one process runs tasks: the one that holds the lock on `DATA/masthead.lock`. The others wait for it and take
over when it ends, however it ends: the kernel lets go of the lock of a killed process. On PostgreSQL every worker runs tasks, and
the lock only decides who on this machine keeps the built-in inbox.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread
from types import FrameType
from typing import IO

from django.conf import settings
from django.db import connections
from django.utils import timezone

from masthead.common.full_disk import is_full_disk
from masthead.common.stopping import STOP
from masthead.mail.inbox import listener
from masthead.mail.inbox.listener import Listener

log = logging.getLogger(__name__)

#: How long the end may take: open dots are finished, then what is left stays in the ledger.
GRACE_SECONDS = 30
_RESTART_SECONDS = 3
_LOCK_POLL_SECONDS = 0.5

Job = Callable[[], None]

#: Signals that came, each twice: one for the thread that waits for them, one that stays. A handler may not touch STOP: it
#: may have interrupted the main thread while that holds the lock inside STOP, and would wait for ever.
#: This queue is made for handlers.
_asked: SimpleQueue[int] = SimpleQueue()


class Engine:
    """Runs the tasks in threads, as soon as this process may, until STOP is set."""

    def __init__(self) -> None:
        self._threads: list[Thread] = []
        self._lock: IO[str] | None = None
        self._listener: Listener | None = None
        #: Set once this process holds the lock and its threads run.
        self.leading = Event()

    def start(self) -> None:
        """Return at once; the threads start when the lock is ours (SQLite) or immediately (PostgreSQL)."""
        if not settings.EMBEDDED:
            from masthead.cli.distributed import jobs

            self._run(jobs())
        # One try here, so that whoever starts first leads at once.
        if self._take_lock():
            self._lead()
        else:
            log.info("another process runs the tasks; this one takes over when that ends")
            self._run({"lock": self._wait_for_lock})

    def finish(self) -> bool:
        """Set STOP and wait for the threads, at most GRACE_SECONDS. False when one of them did not end in time."""
        STOP.set()
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in list(self._threads):
            thread.join(max(0.0, deadline - time.monotonic()))
        if self._listener is not None:
            self._listener.stop()
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late:
            log.warning("did not end within %s s: %s; the ledger tells what is left", GRACE_SECONDS, ", ".join(late))
        return not late

    def _take_lock(self) -> bool:
        file = (settings.DATA / "masthead.lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._lock = file  # keeps it open: closing the file lets go of the lock
        return True

    def _wait_for_lock(self) -> None:
        while not STOP.wait(_LOCK_POLL_SECONDS):
            if not self.leading.is_set() and self._take_lock():
                self._lead()

    def _lead(self) -> None:
        self._listener = listener.start()
        if settings.EMBEDDED:
            from masthead.cli import embedded

            embedded.recover()
            self._run(embedded.jobs())
        self._run({"mailboxes": _wait_for_mail})
        self.leading.set()

    def _run(self, jobs: dict[str, Job]) -> None:
        for name, job in jobs.items():
            self._thread(name, _kept_running(name, job))

    def _thread(self, name: str, job: Job) -> None:
        thread = Thread(target=job, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()


def _wait_for_mail() -> None:
    """One process of a machine waits in the mailboxes; a lease sees to it that it is one of all machines."""
    from masthead.bounces import tasks
    from masthead.bounces.mailboxes import watching

    watching.watch_all(clock=timezone.now, woken=tasks.look_into.enqueue)


def stop_on_signals() -> None:
    """Make SIGTERM and SIGINT set STOP, and a second one end the process at once: the ledger is right at any moment."""
    Thread(target=_stop_when_asked, name="signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)


def on_signal(number: int, frame: FrameType | None) -> None:
    """What a signal does."""
    if asked_to_stop():
        os._exit(128 + number)
    _asked.put(number)
    _asked.put(number)


def asked_to_stop() -> bool:
    """Whether a signal came, from the very moment that its handler ran, or the process ends for another reason."""
    return STOP.is_set() or not _asked.empty()


def _stop_when_asked() -> None:
    _asked.get()
    STOP.set()


def leave(status: int, *, clean: bool) -> None:
    """End the process with `status`; without waiting for threads that did not end in time unless `clean`."""
    if clean:
        sys.exit(status)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _kept_running(name: str, job: Job) -> Job:
    """`job`, started again when it ends or raises before STOP: a lost database must not end the sending for good."""

    def run() -> None:
        while not STOP.is_set():
            try:
                job()
            except Exception as error:
                if is_full_disk(error):
                    log.critical("The disk is full: %s cannot work. Make space; it goes on by itself.", name)
                else:
                    log.exception("%s was lost; starting it again", name)
            finally:
                connections.close_all()
            if not STOP.is_set():
                STOP.wait(_RESTART_SECONDS)

    return run
