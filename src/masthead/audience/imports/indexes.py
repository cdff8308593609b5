"""What a large import does without: indexes whose keys come in no order take more time than the rows, and less when made at once.
On PostgreSQL foreign keys, too (`foreign_keys`).

Nothing is wrong without the indexes, some questions take longer. Which of them are missing, the database itself says; so an
import that was killed leaves nothing behind that the next housekeeping does not mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

from masthead.audience.imports import foreign_keys
from masthead.audience.imports.locking import when_free
from masthead.audience.imports.turns import turn
from masthead.audience.models import ConsentEvent, Subscriber, Subscription

#: Each with its model.
_NAMES: dict[str, type[models.Model]] = {"subscriber_fingerprint": Subscriber, "subscriber_domain": Subscriber}
#: SQLite is as fast with these.
_OF_POSTGRESQL: dict[str, type[models.Model]] = {"subscription_audience": Subscription, "consent_event_at": ConsentEvent}
#: The index of the parts of addresses (migration 0012): PostgreSQL's is left out and made anew, SQLite's takes a batch at once
#: instead of by its trigger.
_PARTS = "audience_search"
_PARTS_OF = "address_key gin_trgm_ops, UPPER(name::text) gin_trgm_ops"
_TRIGGER = "audience_search_added"
_MANY_AT_ONCE = 5_000
#: Pages that are merged with the lock held: a tenth of a second or two.
_PAGES = 1_000
#: PostgreSQL's memory while it makes one.
_ROOM = "128MB"
#: SQLite sorts the keys of an index in pieces as large as its cache, here in KiB: small ones stay in the processor's own cache,
#: and other threads sort them meanwhile. So all who write wait half as long.
_SORTING = {"cache_size": -8192, "threads": 2}
#: A file of fewer lines is read soon enough.
_MANY = 50_000
#: So many times the readers there are must come, or what is made anew is more than what comes.
_TIMES = 4
#: Who makes the index of the parts of addresses holds this lock of PostgreSQL's (pg_advisory_lock).
_MAKING_PARTS = 1_735_289_191


@contextmanager
def deferred(lines: int) -> Iterator[None]:
    """Do without the indexes if a file of `lines` lines is many beside the readers there are; makes them at the end, however it
    comes. That of the parts of addresses is left to `restore`: `are_missing` says so."""
    if lines >= _MANY and lines >= _TIMES * Subscriber.objects.count():
        _drop()
    try:
        yield
    finally:
        # Whatever ended the import may have ended the connection, too: then housekeeping makes them.
        if connection.connection is not None:
            foreign_keys.restore()
            _restore_quick_ones()


@contextmanager
def parts_at_once(count: int) -> Iterator[None]:
    """SQLite: have the index of the parts of addresses take the readers made within from one statement, if they are `count` and
    that is many: row by row it takes twice as long. To be used in a transaction, which others see with the trigger as it was."""
    trigger = _trigger() if count >= _MANY_AT_ONCE and connection.vendor == "sqlite" else ""
    if not trigger:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM audience_subscriber")
        (last,) = cursor.fetchone()
        cursor.execute(f"DROP TRIGGER {_TRIGGER}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_PARTS} (rowid, address_key, name) SELECT id, address_key, name FROM audience_subscriber "  # noqa: S608 - our own names
            "WHERE id > %s ORDER BY id",
            [last],
        )
        cursor.execute(trigger)


def restore() -> int:
    """Make whatever is missing. Returns how much was."""
    return foreign_keys.restore() + _restore_quick_ones() + _restore_parts()


def are_missing() -> bool:
    """Whether something is left for `restore` to make."""
    return _parts_missing() or bool(_wanted().keys() - _there()) or foreign_keys.are_missing()


def _restore_quick_ones() -> int:
    """Each in a transaction of its own, of a second or so, in which nobody else can write."""
    missing = {name: statement for name, statement in _wanted().items() if name not in _there()}
    for name, statement in missing.items():
        with turn(), _sorting(), transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SET LOCAL maintenance_work_mem = '{_ROOM}'")
            if name not in _there():
                cursor.execute(statement)
    return len(missing)


@contextmanager
def _sorting() -> Iterator[None]:
    """SQLite's settings while an index is made."""
    usual: dict[str, int] = {}
    with connection.cursor() as cursor:
        for name, value in _SORTING.items() if connection.vendor == "sqlite" else ():
            cursor.execute(f"PRAGMA {name}")
            (usual[name],) = cursor.fetchone()
            cursor.execute(f"PRAGMA {name} = {value}")
        try:
            yield
        finally:
            for name, value in usual.items():
                cursor.execute(f"PRAGMA {name} = {value}")


def merge_parts() -> None:
    """SQLite: make few pieces of the many in which an import leaves the index of the parts of addresses, little by little."""
    if connection.vendor != "sqlite" or not _trigger():
        return
    changed = True
    while changed:
        with turn(), transaction.atomic(), connection.cursor() as cursor:
            before = connection.connection.total_changes
            cursor.execute(f"INSERT INTO {_PARTS} ({_PARTS}, rank) VALUES ('merge', %s)", [_PAGES])  # noqa: S608 - our own name
            # FTS5 counts its command as one.
            changed = connection.connection.total_changes - before > 1


def _restore_parts() -> int:
    """PostgreSQL takes its time over this one, and lets others go on reading and writing."""
    if not _parts_missing():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_MAKING_PARTS])
        if not cursor.fetchone()[0]:
            return 0
        try:
            if _parts_missing():
                _make_parts()
        finally:
            if connection.connection is not None and not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MAKING_PARTS])
    return 1


def _make_parts() -> None:
    # In a transaction of the caller's it cannot be made beside others.
    beside = "" if connection.in_atomic_block else "CONCURRENTLY"
    with connection.cursor() as cursor:
        cursor.execute(f"SET maintenance_work_mem = '{_ROOM}'")
        # What was left by somebody who was interrupted is there and is not used.
        cursor.execute(f"DROP INDEX IF EXISTS {_PARTS}")
        cursor.execute(f"CREATE INDEX {beside} {_PARTS} ON audience_subscriber USING gin ({_PARTS_OF})")
        cursor.execute("RESET maintenance_work_mem")


def _drop() -> None:
    names = sorted(_wanted().keys() & _there())
    statements = [f"DROP INDEX IF EXISTS {connection.ops.quote_name(name)}" for name in names]
    if connection.vendor == "postgresql":
        if _has_trigrams():
            statements.append(f"DROP INDEX IF EXISTS {_PARTS}")
        when_free(foreign_keys.tables(), "ACCESS EXCLUSIVE", statements + foreign_keys.drops())
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _wanted() -> dict[str, str]:
    """The statement that makes each of the quick ones."""
    names = _NAMES | _OF_POSTGRESQL if connection.vendor == "postgresql" else _NAMES
    editor = connection.schema_editor()
    return {
        name: str(index.create_sql(model, editor))
        for name, model in names.items()
        for index in model._meta.indexes
        if index.name == name
    }


def _trigger() -> str:
    """The statement that makes it; "" if there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [_TRIGGER])
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def _has_trigrams() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
        return bool(cursor.fetchone()[0])


def _parts_missing() -> bool:
    if connection.vendor != "postgresql" or not _has_trigrams():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid", [_PARTS])
        return not cursor.fetchone()[0]


def _there() -> set[str]:
    tables = {model._meta.db_table for model in (_NAMES | _OF_POSTGRESQL).values()}
    with connection.cursor() as cursor:
        return {name for table in tables for name in connection.introspection.get_constraints(cursor, table)}
