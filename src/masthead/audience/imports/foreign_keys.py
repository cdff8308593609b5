"""PostgreSQL: the foreign keys of the rows that an import writes for each reader. A large import does without them for a while.

The server looks up each key of each row by itself, which takes as long as all else together; to check all rows at the end takes
a twentieth of that. The import refers to nothing but what it read or wrote in the same transaction. When somebody takes a reader
or a list away meanwhile, a row that was just written may go on referring to it: it goes at the end, as it would have gone.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, models, transaction

from masthead.audience.imports.locking import when_free
from masthead.audience.models import ConsentEvent, Subscription

#: PostgreSQL's memory while it checks all rows.
_ROOM = "128MB"

Key = models.ForeignKey[Any, Any]


def tables() -> set[str]:
    """Those that have something to do with the keys."""
    return {name for key in _keys() for name in (_table(key), _referred(key))}


def drops() -> list[str]:
    """The statements that take the keys away which are there."""
    return [f"ALTER TABLE {_table(key)} DROP CONSTRAINT {_quoted(name)}" for key in _keys() for name, _checked in _found(key)]


def restore() -> int:
    """Make those that are missing, which then hold for whatever is written, and have the rows checked that were there before.

    Returns how many were missing. Where their tables are never free they stay so, for the next housekeeping.
    """
    missing = [key for key in _keys() if not _found(key)]
    if missing:
        when_free(tables(), "SHARE ROW EXCLUSIVE", [_make(key) for key in missing])
    for key in _keys():
        for name, checked in _found(key):
            if not checked:
                _check(key, name)
    return len(missing)


def are_missing() -> bool:
    """Whether there are not all of them, checked."""
    return any(not all(checked for _name, checked in found) or not found for found in map(_found, _keys()))


def _make(key: Key) -> str:
    name, column = _quoted(f"{key.model._meta.db_table}_{key.column}_fk"), _quoted(key.column)
    return (
        f"ALTER TABLE {_table(key)} ADD CONSTRAINT {name} FOREIGN KEY ({column}) "
        f"REFERENCES {_referred(key)} ({_quoted(key.target_field.column)}) DEFERRABLE INITIALLY DEFERRED NOT VALID"
    )


def _check(key: Key, name: str) -> None:
    """Nobody waits for this: others go on reading and writing."""
    statement = f"ALTER TABLE {_table(key)} VALIDATE CONSTRAINT {_quoted(name)}"
    try:
        _with_room(statement)
    except IntegrityError:
        if key.remote_field.on_delete is not models.CASCADE:
            raise
        own, other = _quoted(key.column), _quoted(key.target_field.column)
        there = f"SELECT 1 FROM {_referred(key)} theirs WHERE theirs.{other} = mine.{own}"  # noqa: S608 - our own names
        _with_room(f"DELETE FROM {_table(key)} mine WHERE {own} IS NOT NULL AND NOT EXISTS ({there})")  # noqa: S608 - our own names
        _with_room(statement)


def _with_room(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{_ROOM}'")
        cursor.execute(statement)


def _found(key: Key) -> list[tuple[str, bool]]:
    """What it is called in the database, and whether all rows were checked; nothing if it is missing."""
    select = (
        "SELECT conname, convalidated FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND conkey = ARRAY[attnum] "
        "WHERE contype = 'f' AND conrelid = %s::regclass AND attname = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(select, [_table(key), key.column])
        return list(cursor.fetchall())


def _keys() -> list[Key]:
    if connection.vendor != "postgresql":
        return []
    wanted = {Subscription: ("subscriber", "list"), ConsentEvent: ("subscriber", "list", "text")}
    fields = [model._meta.get_field(name) for model, names in wanted.items() for name in names]
    return [field for field in fields if isinstance(field, models.ForeignKey)]


def _table(key: Key) -> str:
    return _quoted(key.model._meta.db_table)


def _referred(key: Key) -> str:
    return _quoted(key.target_field.model._meta.db_table)


def _quoted(name: Any) -> str:
    return connection.ops.quote_name(str(name))
