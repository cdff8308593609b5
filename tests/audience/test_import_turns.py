"""An import leaves others their turns at SQLite's lock."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from masthead.audience import importing, keeping
from masthead.audience.imports import turns
from masthead.audience.models import ImportRun

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has one lock for all who write")


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_writes_after_each_batch(
    load: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch, mailing_list: Any
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    # As long as a busy machine needs to look again.
    monkeypatch.setattr(turns, "GAP", 0.4)
    begun: list[float] = []
    written: list[float] = []
    durable: set[int] = set()
    real, over = importing.batches.write, threading.Event()

    def slow(*arguments: Any, **options: Any) -> None:
        begun.append(time.monotonic())
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            durable.add(cursor.fetchone()[0])
        time.sleep(0.3)
        real(*arguments, **options)

    def others(path: str) -> None:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as own:
            while not over.is_set():
                own.execute("BEGIN IMMEDIATE")
                own.execute("UPDATE audience_mailinglist SET name = name")
                own.execute("COMMIT")
                written.append(time.monotonic())
                over.wait(0.01)

    monkeypatch.setattr(importing.batches, "write", slow)
    with connection.cursor() as cursor:
        cursor.execute("SELECT file FROM pragma_database_list WHERE name = 'main'")
        (path,) = cursor.fetchone()
    other = threading.Thread(target=others, args=[path])
    other.start()
    try:
        run = load("email\n" + "".join(f"rosa{number}@meadow.example\n" for number in range(10)))
    finally:
        over.set()
        other.join()
    assert (run.state, run.added, len(begun)) == (ImportRun.State.FINISHED, 10, 6)
    assert all(any(before < at < after for at in written) for before, after in pairwise(begun))
    # Nobody waits for a sync of a whole batch: another thread brings it to the disk.
    assert durable == {1}


def test_no_other_import_jumps_into_the_gap(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    held: list[tuple[float, float]] = []

    def imports() -> None:
        for _batch in range(3):
            with turns.turn():
                began = time.time()
                time.sleep(0.01)
                held.append((began, time.time()))

    both = [threading.Thread(target=imports) for _import in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    held.sort()
    gaps = [after[0] - before[1] for before, after in pairwise(held)]
    # The clock of files is a few milliseconds coarse.
    assert len(gaps) == 5
    assert min(gaps) > turns.GAP - 0.02


def test_the_next_batch_is_made_to_fit() -> None:
    assert turns.fitting(100_000, took=4 * turns.LONGEST, most=100_000) == 25_000
    assert turns.fitting(25_000, took=turns.LONGEST / 2, most=100_000) == 50_000
    assert turns.fitting(25_000, took=turns.LONGEST / 8, most=100_000) == 100_000
    # However slow: a batch costs something by itself.
    assert turns.fitting(50_000, took=500, most=100_000) == 20_000
    assert turns.fitting(2, took=500, most=2) == 2
    assert turns.fitting(0, took=0, most=100_000) == 100_000


@pytest.mark.django_db(transaction=True)
def test_the_index_of_parts_is_merged_by_housekeeping_and_not_by_who_signs_up_next(
    load: Callable[..., ImportRun], make_subscriber: Any, mailing_list: Any, monkeypatch: pytest.MonkeyPatch, now: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audience_search'")
        if not cursor.fetchone()[0]:
            pytest.skip("the migrations, which make the index, were left out")
    monkeypatch.setattr(importing, "BATCH", 2)
    monkeypatch.setattr(turns, "GAP", 0)
    load("email\n" + "".join(f"rosa{number}@meadow.example\n" for number in range(40)))
    # Other tests leave some, too.
    assert pieces() >= 20
    make_subscriber("ida@meadow.example", mailing_list)
    assert pieces() >= 20
    keeping.housekeep(now=now)
    assert pieces() < 8
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audience_search (audience_search, rank) VALUES ('integrity-check', 1)")
        cursor.execute("SELECT count(*) FROM audience_search WHERE audience_search MATCH '\"mea\"'")
        assert cursor.fetchone()[0] == 41


def pieces() -> int:
    """In FTS5's table of pages the upper bits of a page's id are the number of its piece."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT id >> 37) FROM audience_search_data WHERE id >> 37 > 0")
        return int(cursor.fetchone()[0])
