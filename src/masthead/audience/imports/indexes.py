"""What a large import does without: indexes whose keys come in no order take more time than the rows, and less when made at once.

Nothing is wrong without them, some questions take longer. Which of them are missing, the database itself says; so an import that
was killed leaves nothing behind that the next housekeeping does not mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from masthead.audience.imports.turns import turn
from masthead.audience.models import Subscriber

#: Those of `Subscriber`.
_NAMES = {"subscriber_fingerprint", "subscriber_domain"}
#: The index of the parts of addresses (migration 0012): PostgreSQL's is left out and made anew, SQLite's takes a batch at once
#: instead of by its trigger.
_PARTS = "audience_search"
_MAKE_PARTS = f"CREATE INDEX {_PARTS} ON audience_subscriber USING gin (address_key gin_trgm_ops, UPPER(name::text) gin_trgm_ops)"
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


@contextmanager
def deferred(lines: int) -> Iterator[None]:
    """Do without the indexes if a file of `lines` lines is many beside the readers there are; makes them at the end, however it
    comes."""
    if lines >= _MANY and lines >= _TIMES * Subscriber.objects.count():
        _drop()
    try:
        yield
    finally:
        # Whatever ended the import may have ended the connection, too: then housekeeping makes them.
        if connection.connection is not None:
            restore()


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
    """Make those that are missing, each in a transaction of its own. Returns how many."""
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


def _drop() -> None:
    names = _wanted().keys() & _there()
    with transaction.atomic(), connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(name)}")


def _wanted() -> dict[str, str]:
    """The statement that makes each of them."""
    indexes = [index for index in Subscriber._meta.indexes if index.name in _NAMES]
    wanted = {index.name: str(index.create_sql(Subscriber, connection.schema_editor())) for index in indexes}
    if connection.vendor == "postgresql" and _has_trigrams():
        wanted[_PARTS] = _MAKE_PARTS
    return wanted


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


def _there() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, Subscriber._meta.db_table))
