"""What a large import does without on PostgreSQL, and that all of it is there again afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from masthead.audience import importing, keeping, tasks
from masthead.audience.imports import foreign_keys, indexes, locking
from masthead.audience.models import ConsentEvent, ImportRun, MailingList, Subscriber, Subscription

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL looks up each key of each row"),
    pytest.mark.django_db(transaction=True),
]

MANY = "email\n" + "".join(f"r{number}@example.org\n" for number in range(9))
KEYS = {
    ("audience_subscription", "subscriber_id"),
    ("audience_subscription", "list_id"),
    ("audience_consentevent", "subscriber_id"),
    ("audience_consentevent", "list_id"),
    ("audience_consentevent", "text_id"),
}
INDEXES = {"subscriber_fingerprint", "subscriber_domain", "subscription_audience", "consent_event_at", "audience_search"}


def there() -> tuple[set[tuple[str, str]], set[str]]:
    """The foreign keys that were checked, and the indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, attname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND conkey = "
            "ARRAY[attnum] WHERE contype = 'f' AND convalidated AND condeferrable AND confrelid <> 0"
        )
        keys = set(cursor.fetchall())
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indisvalid")
        return keys & KEYS, {name for (name,) in cursor.fetchall()} & INDEXES


@pytest.fixture(autouse=True)
def nine_are_many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """And what a test leaves out is there for the next one."""
    monkeypatch.setattr(indexes, "_MANY", 9)
    yield
    indexes.restore()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have something done before a batch is written."""

    def have_done(job: Callable[[], None]) -> None:
        real = importing.batches.write

        def write(*arguments: Any, **options: Any) -> None:
            job()
            real(*arguments, **options)

        monkeypatch.setattr(importing.batches, "write", write)

    return have_done


def test_a_large_import_does_without_keys_and_indexes_which_are_made_at_the_end(load: Any, meanwhile: Any) -> None:
    seen: list[Any] = []
    meanwhile(lambda: seen.append(there()))
    run = load(MANY)
    assert (run.state, run.added) == (ImportRun.State.FINISHED, 9)
    assert seen == [(set(), set())]
    # The index of the parts of addresses is left to a task.
    assert there()[0] == KEYS
    assert there()[1] >= INDEXES - {"audience_search"}
    tasks.make_indexes.func()
    assert there() == (KEYS, INDEXES)
    assert not indexes.are_missing()
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(subscriber_id=10**9, list=run.list, state="active", since=run.created_at)


def test_a_small_one_does_not(load: Any, meanwhile: Any) -> None:
    seen: list[Any] = []
    meanwhile(lambda: seen.append(there()))
    load("email\nrosa@example.org\n")
    assert seen == [(KEYS, INDEXES)]


def test_rows_that_came_to_refer_to_nobody_meanwhile_go_at_the_end(
    load: Any, meanwhile: Any, now: datetime, mailing_list: MailingList
) -> None:
    def leave_some() -> None:
        Subscription.objects.create(subscriber_id=10**9, list=mailing_list, state="active", since=now)
        ConsentEvent.objects.create(subscriber_id=10**9, list=mailing_list, kind="added", at=now, how="staff")

    meanwhile(leave_some)
    load(MANY)
    assert there()[0] == KEYS
    assert Subscription.objects.count() == ConsentEvent.objects.count() == Subscriber.objects.count() == 9


def test_the_keys_of_addresses_have_one_index_besides_that_of_their_parts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'audience_subscriber'")
        found = [definition for (definition,) in cursor.fetchall() if "btree (address_key" in definition]
    assert len(found) == 1


def test_housekeeping_makes_what_a_killed_import_left_out(now: datetime) -> None:
    indexes._drop()
    assert there() == (set(), set())
    keeping.housekeep(now=now)
    assert there() == (KEYS, INDEXES)
    assert indexes.restore() == 0


def test_keys_that_were_made_and_not_checked_are_checked() -> None:
    indexes._drop()
    with connection.cursor() as cursor:
        for key in foreign_keys._keys():
            cursor.execute(foreign_keys._make(key))
    assert foreign_keys.are_missing()
    assert foreign_keys.restore() == 0
    assert there()[0] == KEYS


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is asked for once, for a moment."""
    monkeypatch.setattr(locking, "_PATIENCE", 0)
    monkeypatch.setattr(locking, "_MOMENT", "50ms")


@pytest.mark.usefixtures("impatient")
def test_nobody_is_waited_for_who_is_long_at_work_with_the_tables(load: Any, meanwhile: Any) -> None:
    seen: list[Any] = []
    meanwhile(lambda: seen.append(there()))
    with psycopg.connect(**_where()) as other:
        other.execute("SELECT count(*) FROM audience_subscription")
        run = load(MANY)
    assert (run.state, run.added) == (ImportRun.State.FINISHED, 9)
    assert seen == [(KEYS, INDEXES)]


@pytest.mark.usefixtures("impatient")
def test_keys_that_cannot_be_made_while_somebody_writes_are_left_to_the_task(
    load: Any, meanwhile: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[None] = []
    task, of_test = tasks.make_indexes, SimpleNamespace(enqueue=lambda: asked.append(None))
    monkeypatch.setattr(tasks, "make_indexes", of_test)
    with psycopg.connect(**_where()) as other:
        meanwhile(lambda: other.execute("LOCK TABLE audience_consenttext IN ROW EXCLUSIVE MODE"))
        run = load(MANY)
        assert (run.state, run.added) == (ImportRun.State.FINISHED, 9)
        assert there()[0] == set()
    assert asked == [None]
    task.func()
    assert there() == (KEYS, INDEXES)


def _where() -> dict[str, Any]:
    """Of the test's own database."""
    parameters = connection.get_connection_params()
    return {name: parameters[name] for name in ("host", "port", "user", "dbname", "password") if parameters.get(name)}
