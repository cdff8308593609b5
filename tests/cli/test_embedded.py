"""Tasks on SQLite: woken, started again, taken over from the dead."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connections, transaction

from masthead.cli.retrying import WAITS, wait_before
from masthead.common.stopping import STOP
from tests.cli import tasks

pytestmark = pytest.mark.sqlite


def until(true: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.01)


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Any]:
    from masthead.cli.embedded import QueueThread

    worker = QueueThread(("default", "maint"))

    def run() -> None:
        try:
            worker.run()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    yield worker
    STOP.set()
    thread.join(10)


def test_a_task_runs_once_its_transaction_has_committed(worker: Any, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with transaction.atomic():
        tasks.note.enqueue(str(notes), "first")
    until(notes.exists)
    assert notes.read_text() == "first\n"


def test_a_task_of_a_rolled_back_transaction_never_runs(worker: Any, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tasks.note.enqueue(str(notes), "never")
        raise ZeroDivisionError
    tasks.note.enqueue(str(notes), "after")
    until(notes.exists)
    assert notes.read_text() == "after\n"


def test_a_task_that_raised_waits_and_comes_again(worker: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from django_tasks_db.models import DBTaskResult

    caplog.set_level(logging.CRITICAL, "django_tasks")
    notes = tmp_path / "notes"
    tasks.fail.enqueue(str(notes))
    until(lambda: DBTaskResult.objects.filter(status="READY", run_after__lt=datetime(9000, 1, 1, tzinfo=UTC)).exists())
    row = DBTaskResult.objects.get()
    assert "it cannot be done" in row.traceback
    wait = row.run_after - row.finished_at
    assert timedelta(seconds=1) < wait <= timedelta(seconds=3)
    DBTaskResult.objects.update(run_after=datetime.now(UTC))
    until(lambda: notes.read_text() == "tried\ntried\n")


def test_the_waits_grow_and_end() -> None:
    waits = [wait_before(attempt) for attempt in range(1, len(WAITS) + 2)]
    assert waits == [*WAITS, None]
    assert list(WAITS) == sorted(WAITS)


@pytest.mark.django_db
def test_recovery_makes_orphans_ready(tmp_path: Path) -> None:
    from django_tasks_db.models import DBTaskResult

    from masthead.cli.embedded import recover

    tasks.note.enqueue(str(tmp_path / "notes"), "again")
    DBTaskResult.objects.update(status="RUNNING", started_at=datetime.now(UTC))
    assert recover() == 1
    assert DBTaskResult.objects.get().status == "READY"


def test_the_recurring_tasks_do_not_wait_for_an_hour_that_comes_twice(
    transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from masthead.cli import embedded

    class Clock:
        now = 1_800_000_000.0

        @staticmethod
        def time() -> float:
            return Clock.now

    settings.PERIODIC = (("0 * * * *", "tests.cli.tasks.note"),)
    enqueued: list[float] = []
    # Set back by a day in the first pause, and the end in the third.
    steps = iter([lambda: setattr(Clock, "now", Clock.now - 86_400), lambda: None, STOP.set])
    monkeypatch.setattr(embedded, "time", Clock)
    monkeypatch.setattr(embedded, "_enqueue_once", lambda path: enqueued.append(Clock.now))
    monkeypatch.setattr(embedded.STOP, "wait", lambda _seconds: next(steps)())
    embedded.tick()
    assert enqueued == [1_800_000_000.0 - 86_400]
