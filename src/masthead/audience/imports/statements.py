"""The few statements that write readers by the thousand; no SQL in this package stands outside of this module and `searching`.

Measured with `import_file` on SQLite, all in all: through the ORM a row takes 114 µs, with these statements 28.
Table and column names come from the models, values are parameters, and nothing else is put into a statement.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from django.db import connection, models

from masthead.audience.models import ConsentEvent, ConsentText, MailingList, Subscriber, Subscription
from masthead.mail.models import Suppression

_SUBSCRIBER = (
    "address",
    "address_key",
    "domain",
    "fingerprint",
    "name",
    "language",
    "mail_format",
    "attributes",
    "mail_mode",
    "source",
    "note",
    "created_at",
)

#: Values in one statement; SQLite's own limit is 32,766.
_PARAMETERS = 10_000
#: Readers of eight values each in one statement.
_STAGED_AT_ONCE = 4_000
#: KiB of SQLite's cache during an import.
_ROOM = 128 * 1024
_STAGED = "c1, c2, c3, c4, c5, c6, c7, c8"

#: What differs between readers: address, key, domain, fingerprint, name, language, format, attributes as JSON.
NewReader = tuple[str, str, str, bytes, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A reader that exists, with the state on the list asked for (None: not on it) and what an import may change."""

    mark: bytes
    pk: int
    state: str | None
    since: datetime | None
    name: str
    language: str
    mail_format: str
    attributes: dict[str, Any]


@contextmanager
def roomy() -> Iterator[None]:
    """SQLite: memory enough for the indexes of a million readers, whose keys come in no order, while many are written."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = {-_ROOM}")
    try:
        yield
    finally:
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA cache_size = {int(usual)}")


def known(marks: Sequence[bytes], *, mailing_list: MailingList) -> list[Known]:
    """Those readers that exist."""
    found = _by_values(
        "SELECT reader.fingerprint, reader.id, subscription.state, subscription.since, reader.name, reader.language, "  # noqa: S608 - our own names
        f"reader.mail_format, reader.attributes FROM {_table(Subscriber)} reader LEFT JOIN {_table(Subscription)} subscription "
        "ON subscription.subscriber_id = reader.id AND subscription.list_id = %s WHERE reader.fingerprint IN ",
        [mailing_list.pk],
        marks,
    )
    return [
        Known(mark, pk, state, _time(since), name, language, mail_format, json.loads(attributes or "{}"))
        for mark, pk, state, since, name, language, mail_format, attributes in found
    ]


def suppressed(marks: Collection[bytes]) -> list[tuple[bytes, str]]:
    """Fingerprint and reason of those that are suppressed by themselves."""
    few = _all_if_few("fingerprint, reason", "fingerprint", len(marks))
    if few is None:
        select = f"SELECT fingerprint, reason FROM {_table(Suppression)} WHERE fingerprint IN "  # noqa: S608 - our own names
        return _by_values(select, [], list(marks))
    among = {bytes(mark): str(reason) for mark, reason in few}
    return [(mark, among[mark]) for mark in among.keys() & set(marks)] if among else []


def blocked(domains: set[str]) -> set[str]:
    """Those domains that are suppressed as a whole."""
    few = _all_if_few("domain", "domain", len(domains))
    if few is None:
        select = f"SELECT domain FROM {_table(Suppression)} WHERE domain IN "  # noqa: S608 - our own names
        few = _by_values(select, [], list(domains))
    return {str(row[0]) for row in few} & domains


def insert_readers(readers: Sequence[NewReader], *, source: str, now: datetime) -> tuple[Sequence[int], list[bytes]]:
    """Make readers. Returns the ids of the new ones, and the fingerprints of those that existed, which stay as they are."""
    if not readers:
        return [], []
    common = ("", source, "", connection.ops.adapt_datetimefield_value(now))
    return _insert_staged(readers, common) if connection.vendor == "sqlite" else _insert_arrays(readers, common)


def _insert_staged(readers: Sequence[NewReader], common: tuple[Any, ...]) -> tuple[Sequence[int], list[bytes]]:
    """SQLite: into a table of this connection, and from there all at once. Nobody else writes within our transaction, so whatever
    id is new is ours.

    The index of parts of addresses writes what it has in hand before every statement: a statement for each reader made that five
    sixths of an import. Many rows a statement also leave the interpreter to the thread that reads the file.
    """
    table, columns = _table(Subscriber), _columns(Subscriber, _SUBSCRIBER)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")  # noqa: S608 - our own names
        (last,) = cursor.fetchone()
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS import_readers ({_STAGED})")
        for part in (readers[at : at + _STAGED_AT_ONCE] for at in range(0, len(readers), _STAGED_AT_ONCE)):
            _stage(part)
        insert = f"INSERT INTO {table} ({columns}) SELECT {_STAGED}, %s, %s, %s, %s FROM import_readers WHERE true ON CONFLICT DO NOTHING"  # noqa: S608, E501 - our own names
        cursor.execute(insert, common)
        cursor.execute("DELETE FROM import_readers")
        cursor.execute(f"SELECT count(*), COALESCE(MIN(id), 0), COALESCE(MAX(id), 0) FROM {table} WHERE id > %s", [last])  # noqa: S608 - our own names
        count, lowest, highest = cursor.fetchone()
        ids: Sequence[int] = range(lowest, highest + 1) if count else ()
        if len(ids) != count:
            cursor.execute(f"SELECT id FROM {table} WHERE id > %s ORDER BY id", [last])  # noqa: S608 - our own names
            ids = [row[0] for row in cursor.fetchall()]
        if count == len(readers):
            return ids, []
        cursor.execute(f"SELECT fingerprint FROM {table} WHERE id > %s", [last])  # noqa: S608 - our own names
        made = {row[0] for row in cursor.fetchall()}
    return ids, [reader[3] for reader in readers if reader[3] not in made]


def _stage(readers: Sequence[NewReader]) -> None:
    """Past Django's cursor, which takes longer to count the marks of so long a statement than SQLite to run it."""
    row = "(" + ", ".join("?" * len(readers[0])) + ")"
    values = [value for reader in readers for value in reader]
    with connection.wrap_database_errors:
        insert = f"INSERT INTO import_readers VALUES {', '.join([row] * len(readers))}"  # noqa: S608 - marks alone
        connection.connection.execute(insert, values)


def _insert_arrays(readers: Sequence[NewReader], common: tuple[Any, ...]) -> tuple[Sequence[int], list[bytes]]:
    """PostgreSQL: eight arrays in one statement, nearly as fast as COPY, which knows no ON CONFLICT.

    In the order of the fingerprints: two imports that add the same readers must take their locks in one order.
    """
    columns = _columns(Subscriber, _SUBSCRIBER)
    arrays: list[Any] = [list(column) for column in zip(*sorted(readers, key=itemgetter(3)), strict=True)]
    kinds = ("text", "text", "text", "bytea", "text", "text", "text", "text")
    source = ", ".join(f"%s::{kind}[]" for kind in kinds)
    insert = (
        f"INSERT INTO {_table(Subscriber)} ({columns}) "  # noqa: S608 - our own names
        f"SELECT c1, c2, c3, c4, c5, c6, c7, c8::jsonb, %s, %s, %s, %s FROM unnest({source}) "
        f"AS given({_STAGED}) ON CONFLICT DO NOTHING RETURNING id, fingerprint"
    )
    with connection.cursor() as cursor:
        cursor.execute(insert, [*common, *arrays])
        made = {bytes(mark): pk for pk, mark in cursor.fetchall()}
    return sorted(made.values()), [reader[3] for reader in readers if reader[3] not in made]


def activate(subscriber_ids: Sequence[int], *, mailing_list: MailingList, now: datetime) -> None:
    """Put readers on a list. Who is on it in any state stays as they are: see `importing`, which decides."""
    at = connection.ops.adapt_datetimefield_value(now)
    columns = _columns(Subscription, ("subscriber", "list", "state", "since"))
    _from_readers(Subscription, columns, "%s, %s, %s", [mailing_list.pk, Subscription.State.ACTIVE, at], subscriber_ids)


def write_imported_events(
    subscriber_ids: Sequence[int], *, mailing_list: MailingList, how: str, text: ConsentText | None, by: str, now: datetime
) -> None:
    """Record for each reader that an import put them on the list."""
    at = connection.ops.adapt_datetimefield_value(now)
    columns = _columns(ConsentEvent, ("subscriber", "list", "kind", "at", "how", "text", "by", "details"))
    values = [mailing_list.pk, ConsentEvent.Kind.IMPORTED, at, how, text.pk if text else None, by, "{}"]
    _from_readers(ConsentEvent, columns, ", ".join(["%s"] * len(values)), values, subscriber_ids)


def _all_if_few(columns: str, column: str, most: int) -> list[Any] | None:
    """All suppressions that have `column`, unless they are more than `most`: fewer than that are faster read than asked for."""
    with connection.cursor() as cursor:
        select = f"SELECT {columns} FROM {_table(Suppression)} WHERE {column} IS NOT NULL LIMIT %s"  # noqa: S608 - our own names
        cursor.execute(select, [most + 1])
        found = cursor.fetchall()
    return found if len(found) <= most else None


def _by_values(select: str, before: list[Any], values: Sequence[Any]) -> list[Any]:
    """The rows of a SELECT that ends in "… IN". The ORM takes 7 µs to prepare each value of such a list."""
    found: list[Any] = []
    with connection.cursor() as cursor:
        for part in _parts(values):
            cursor.execute(f"{select} ({','.join(['%s'] * len(part))})", [*before, *part])
            found += cursor.fetchall()
    return [(bytes(row[0]) if isinstance(row[0], memoryview) else row[0], *row[1:]) for row in found]


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many at a time as a statement may have parameters."""
    return (values[at : at + _PARAMETERS] for at in range(0, len(values), _PARAMETERS))


def _from_readers(
    model: type[models.Model], columns: str, constants: str, values: list[Any], subscriber_ids: Sequence[int]
) -> None:
    """INSERT … SELECT: the database repeats what is the same for all; ids without a gap are two numbers."""
    if not subscriber_ids:
        return
    ids = sorted(subscriber_ids)
    parts: list[tuple[str, Sequence[int]]]
    if ids[-1] - ids[0] == len(ids) - 1:
        parts = [("id BETWEEN %s AND %s", [ids[0], ids[-1]])]
    else:
        parts = [(f"id IN ({','.join(['%s'] * len(part))})", part) for part in _parts(ids)]
    with connection.cursor() as cursor:
        for which, given in parts:
            source = f"SELECT id, {constants} FROM {_table(Subscriber)} WHERE {which}"  # noqa: S608 - our own names
            cursor.execute(f"INSERT INTO {_table(model)} ({columns}) {source} ON CONFLICT DO NOTHING", [*values, *given])


def _time(value: datetime | None) -> datetime | None:
    """A time as the database's own cursor gives it: SQLite's has no zone, and is UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    return ", ".join(connection.ops.quote_name(columns[name]) for name in names)
