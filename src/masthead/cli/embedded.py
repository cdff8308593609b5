"""Running tasks on SQLite: worker threads over the queues of django-tasks-db, and a ticker for the recurring ones."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from threading import Event
from typing import Any

from croniter import croniter
from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils.module_loading import import_string
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.compat import TaskResultStatus, task_enqueued
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from masthead.cli.engine import Job
from masthead.cli.retrying import wait_before
from masthead.common.clock_watch import ClockWatch
from masthead.common.stopping import STOP
from masthead.mail import single

log = logging.getLogger(__name__)

#: A thread for each: a campaign's ranges, single mails that must not wait for them, and everything else.
QUEUES = (("bulk",), ("mail",), ("default", "maint"))
#: Tasks enqueued by this process wake its threads; those of other processes (a command, another server) wait this long.
_POLL_SECONDS = 0.5
_TICK_SECONDS = 0.25
_KEEP_DONE = timedelta(hours=1)
_KEEP_FAILED = timedelta(days=14)
_PRUNE_SECONDS = 600


def recover() -> int:
    """Make what a killed process left RUNNING ready again; answer how many. Only for the holder of the lock: it runs alone.

    The single mails it was sending are due again at once, too; the sweep of `mail` sends them.
    """
    single.recover(now=datetime.now(UTC))
    orphans = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    return orphans.update(status=TaskResultStatus.READY, started_at=None)


def jobs() -> dict[str, Job]:
    """What the engine runs in threads, by name."""
    workers = {"worker " + ",".join(queues): partial(_work, queues) for queues in QUEUES}
    return {**workers, "ticker": tick}


def tick() -> None:
    """Enqueue the recurring tasks when they are due, and the frequent ones (the sweeps) once at the start."""
    now = time.time()
    due = {path: croniter(cron, now).get_next(float) for cron, path in settings.PERIODIC}
    due = {path: now if at - now <= 60 else at for path, at in due.items()}
    prune_at = now
    clock = ClockWatch(wall=lambda: time.time())
    while not STOP.is_set():
        now = time.time()
        if clock.was_set_back():
            # Else nothing would be swept until the clock is where it was.
            due, prune_at = dict.fromkeys(due, now), now
        for cron, path in settings.PERIODIC:
            if now >= due[path]:
                due[path] = croniter(cron, now).get_next(float)
                _enqueue_once(path)
        if now >= prune_at:
            prune_at = now + _PRUNE_SECONDS
            _prune(datetime.fromtimestamp(now, UTC))
        STOP.wait(_TICK_SECONDS)


def _work(queues: tuple[str, ...]) -> None:
    QueueThread(queues).run()


def _enqueue_once(path: str) -> None:
    """A sweep that still waits is not doubled: after a long pause one run catches up."""
    try:
        import_module(path.rpartition(".")[0])
    except ModuleNotFoundError:
        return
    if not DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=path).exists():
        import_string(path).enqueue()


def _prune(now: datetime) -> None:
    done = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - _KEEP_DONE)
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, finished_at__lt=now - _KEEP_FAILED)
    done.delete()
    failed.delete()


class QueueThread(Worker):
    """The worker of django-tasks-db with three differences: it looks before it locks, it wakes up at once, it retries."""

    def __init__(self, queues: tuple[str, ...]) -> None:
        super().__init__(
            queue_names=list(queues),
            interval=_POLL_SECONDS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="embedded " + ",".join(queues),
            excluded_queue_names=[],
        )
        self._woken = Event()

    def run(self) -> None:
        """Work until STOP is set."""
        task_enqueued.connect(self._wake, sender=DatabaseBackend)
        try:
            while not STOP.is_set():
                close_old_connections()
                task = self._claim()
                if task is not None:
                    self.run_task(task)
                else:
                    self._woken.wait(_POLL_SECONDS)
                    self._woken.clear()
        finally:
            task_enqueued.disconnect(self._wake, sender=DatabaseBackend)

    def run_task(self, db_task_result: DBTaskResult[..., Any]) -> None:
        """Run it; after an exception put it back with a wait, or leave it failed for a person to look at."""
        super().run_task(db_task_result)
        if db_task_result.status != TaskResultStatus.FAILED:
            return
        path = db_task_result.task_path
        log.error("task %s failed:\n%s", path, db_task_result.traceback)
        wait = wait_before(len(db_task_result.worker_ids))
        # A recurring task comes again by itself.
        if wait is None or path in {path for _cron, path in settings.PERIODIC}:
            return
        db_task_result.status = TaskResultStatus.READY
        db_task_result.run_after = datetime.now(UTC) + timedelta(seconds=wait)
        db_task_result.save(update_fields=["status", "run_after"])

    def _claim(self) -> DBTaskResult[..., Any] | None:
        # A plain read first: an idle thread must not take SQLite's one write lock twice a second.
        task = DBTaskResult.objects.ready().filter(backend_name=self.backend_name, queue_name__in=self.queue_names).first()
        if task is None:
            return None
        task.status = TaskResultStatus.RUNNING
        task.started_at = datetime.now(UTC)
        task.worker_ids = [*task.worker_ids, self.worker_id]
        values = {"status": task.status, "started_at": task.started_at, "worker_ids": task.worker_ids}
        claimed = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.READY).update(**values)
        return task if claimed else None

    def _wake(self, **_: Any) -> None:
        # Enqueued within a transaction it can be claimed only after the commit. The signal reaches every queue; a look is cheap.
        transaction.on_commit(self._woken.set)
