"""What a large import does without: indexes whose keys come in no order take more time than the rows, and less when made at once.

Nothing is wrong without them, some questions take longer. Which of them are missing, the database itself says; so an import that
was killed leaves nothing behind that the next housekeeping does not mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

from masthead.audience.models import Subscriber

#: Those of `Subscriber`.
_NAMES = {"subscriber_fingerprint", "subscriber_domain"}
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


def restore() -> int:
    """Make those that are missing, each in a transaction of its own. Returns how many."""
    missing = [index for index in _indexes() if index.name not in _there()]
    for index in missing:
        with transaction.atomic(), connection.cursor() as cursor:
            if index.name not in _there():
                cursor.execute(str(index.create_sql(Subscriber, connection.schema_editor())))
    return len(missing)


def _drop() -> None:
    there = _there()
    with transaction.atomic(), connection.cursor() as cursor:
        for index in _indexes():
            if index.name in there:
                cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(index.name)}")


def _indexes() -> list[models.Index]:
    return [index for index in Subscriber._meta.indexes if index.name in _NAMES]


def _there() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, Subscriber._meta.db_table))
