"""The few statements that write readers by the thousand; no SQL in this package stands outside of this module and `searching`.

Measured with `import_file` on SQLite, all in all: through the ORM a row takes 114 µs, with these statements 28.
Table and column names come from the models, values are parameters, and nothing else is put into a statement.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from masthead.audience.imports.indexes import parts_at_once
from masthead.audience.imports.staging import TABLE
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

_GIVEN = ("address", "address_key", "domain", "fingerprint", "name", "language", "mail_format")

_OR_NOTHING = "ON CONFLICT DO NOTHING"

#: Values in one statement; SQLite's own limit is 32,766.
_PARAMETERS = 10_000
#: Rows in hand at one time.
_SLICE = 20_000
#: KiB of SQLite's cache during an import.
_ROOM = 128 * 1024
#: Of the index of the parts of addresses: bytes in memory before a piece of it is written, enough for a batch; of how many pieces
#: on it begins to make them one, little by little; and of how many on it does that at once, for which all who write would wait
#: more than a second at a million readers. After an import housekeeping does it (`indexes.merge_parts`).
_ROOMY_PARTS = {"hashsize": 32 << 20, "automerge": 64, "crisismerge": 1000}
_USUAL_PARTS = {"hashsize": 1 << 20, "automerge": 4, "crisismerge": 200}


@dataclass(frozen=True, slots=True)
class Known:
    """A reader that exists, with the state on the list asked for (None: not on it) and what an import may change."""

    pk: int
    state: str | None
    since: datetime | None
    name: str
    language: str
    mail_format: str
    attributes: dict[str, Any]


@dataclass(slots=True)
class Row:
    """One row of the file: its line, the address as it stood there, what it says, and the reader if there is one."""

    line: int
    shown: str
    domain: str
    name: str
    language: str
    mail_format: str
    attributes: str
    known: Known | None


@dataclass(frozen=True, slots=True)
class Made:
    """The readers that a batch made: `source` is theirs alone within an import, and the ids of earlier batches end at `after`."""

    source: str
    after: int
    count: int


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
    _set_parts(_ROOMY_PARTS)
    try:
        yield
    finally:
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA cache_size = {int(usual)}")
            _set_parts(_USUAL_PARTS)


def _set_parts(options: Mapping[str, int]) -> None:
    """Set options of the index of the parts of addresses (migration 0012), which FTS5 keeps in the index itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audience_search'")
        if cursor.fetchone()[0]:
            values = [item for option in options.items() for item in option]
            cursor.execute(
                f"INSERT INTO audience_search (audience_search, rank) VALUES {', '.join(['(%s, %s)'] * len(options))}",  # noqa: S608 - our own name
                values,
            )


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


def insert_readers(count: int, *, source: str, now: datetime, likely_new: bool) -> Made:
    """Make readers of the `count` staged rows, but for those that exist, which stay as they are, and those that get no mail.

    `likely_new`: all of them may well be new. Then PostgreSQL need not look for each before it is written.
    """
    readers, columns = _table(Subscriber), _columns(Subscriber, _SUBSCRIBER)
    given = ", ".join(f"staged.{name}" for name in _GIVEN)
    attributes = "staged.attributes" if connection.vendor == "sqlite" else "staged.attributes::jsonb"
    # Two imports that add the same readers must take their locks in one order. Rows that need no other table come as they lie.
    conditions = _not_suppressed()
    order = "ORDER BY staged.address_key" if conditions and connection.vendor != "sqlite" else ""
    insert = (
        f"INSERT INTO {readers} ({columns}) SELECT {given}, {attributes}, %s, %s, %s, %s FROM {TABLE} staged "  # noqa: S608 - our own names
        f"WHERE {' AND '.join(['true', *conditions])} {order}"
    )
    values = ["", source, "", connection.ops.adapt_datetimefield_value(now)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {readers}")  # noqa: S608 - our own names
        (last,) = cursor.fetchone()
        if likely_new and connection.vendor == "postgresql":
            return Made(source, last, _insert_new(insert, values))
        with parts_at_once(count):
            cursor.execute(f"{insert} {_OR_NOTHING}", values)
        return Made(source, last, cursor.rowcount)


def _insert_new(insert: str, values: list[Any]) -> int:
    """Insert rows without looking for each beforehand, and anew with that if one is there. Returns how many.

    The server keeps to itself what went wrong the first time: an error that reaches us is written into its log, with the address.
    """
    block = (
        f"DO $import$ DECLARE made bigint; BEGIN BEGIN {insert}; GET DIAGNOSTICS made = ROW_COUNT; "
        f"EXCEPTION WHEN unique_violation THEN {insert} {_OR_NOTHING}; GET DIAGNOSTICS made = ROW_COUNT; END; "
        "PERFORM set_config('masthead.made', made::text, true); END $import$"
    )
    with connection.cursor() as cursor:
        cursor.execute(block, values * 2)
        cursor.execute("SELECT current_setting('masthead.made')")
        return int(cursor.fetchone()[0])


def made_rows(made: Made) -> list[tuple[int, str]]:
    """Line and address of the staged rows that made a reader."""
    select = (
        f"SELECT staged.line, COALESCE(staged.shown, staged.address) FROM {TABLE} staged JOIN {_table(Subscriber)} reader "  # noqa: S608 - our own names
        "ON reader.address_key = staged.address_key WHERE reader.id > %s AND reader.source = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(select, [made.after, made.source])
        return list(cursor.fetchall())


def other_rows(made: Made | None, *, mailing_list: MailingList) -> Iterator[dict[bytes, Row]]:
    """The staged rows that made no reader (None: all), by fingerprint, some thousands at a time."""
    select = (
        "SELECT staged.fingerprint, staged.line, COALESCE(staged.shown, staged.address), staged.domain, staged.name, "  # noqa: S608 - our own names
        "staged.language, staged.mail_format, staged.attributes, reader.id, subscription.state, subscription.since, "
        f"reader.name, reader.language, reader.mail_format, reader.attributes FROM {TABLE} staged "
        f"LEFT JOIN {_table(Subscriber)} reader ON reader.address_key = staged.address_key "
        f"LEFT JOIN {_table(Subscription)} subscription "
        "ON subscription.subscriber_id = reader.id AND subscription.list_id = %s"
    )
    values: list[Any] = [mailing_list.pk]
    if made is not None:
        select += " WHERE reader.id IS NULL OR reader.id <= %s OR reader.source <> %s"
        values += [made.after, made.source]
    with connection.cursor() as cursor:
        cursor.execute(f"{select} ORDER BY staged.line", values)
        while found := cursor.fetchmany(_SLICE):
            yield {bytes(row[0]): _row(row) for row in found}


def _row(found: tuple[Any, ...]) -> Row:
    line, shown, domain, name, language, mail_format, attributes = found[1:8]
    return Row(line, shown, domain, name, language, mail_format, attributes, _known(*found[8:]))


def _known(pk: int | None, state: str | None, since: datetime | None, *said: str) -> Known | None:
    if pk is None:
        return None
    name, language, mail_format, attributes = said
    return Known(pk, state, _time(since), name, language, mail_format, json.loads(attributes or "{}"))


def activate(made: Made, others: Sequence[int], *, mailing_list: MailingList, now: datetime) -> None:
    """Put readers on a list. Who is on it in any state stays as they are: see `batches`, which decides."""
    at = connection.ops.adapt_datetimefield_value(now)
    columns = _columns(Subscription, ("subscriber", "list", "state", "since"))
    _from_readers(Subscription, columns, [mailing_list.pk, Subscription.State.ACTIVE, at], made, others)


def write_imported_events(
    made: Made, others: Sequence[int], *, mailing_list: MailingList, how: str, text: ConsentText | None, by: str, now: datetime
) -> None:
    """Record for each reader that an import put them on the list."""
    at = connection.ops.adapt_datetimefield_value(now)
    columns = _columns(ConsentEvent, ("subscriber", "list", "kind", "at", "how", "text", "by", "details"))
    values = [mailing_list.pk, ConsentEvent.Kind.IMPORTED, at, how, text.pk if text else None, by, "{}"]
    _from_readers(ConsentEvent, columns, values, made, others)


def _not_suppressed() -> list[str]:
    """The conditions that a staged row is not suppressed, as few as there are kinds of suppressions."""
    suppressions, kinds = _table(Suppression), ("fingerprint", "domain")
    with connection.cursor() as cursor:
        asked = ", ".join(f"EXISTS (SELECT 1 FROM {suppressions} WHERE {kind} IS NOT NULL)" for kind in kinds)  # noqa: S608 - our own names
        cursor.execute(f"SELECT {asked}")
        there = [kind for kind, exists in zip(kinds, cursor.fetchone(), strict=True) if exists]
    return [
        f"NOT EXISTS (SELECT 1 FROM {suppressions} suppressed WHERE suppressed.{kind} = staged.{kind})"  # noqa: S608 - our own names
        for kind in there
    ]


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


def _from_readers(model: type[models.Model], columns: str, values: list[Any], made: Made, others: Sequence[int]) -> None:
    """INSERT … SELECT: the database repeats what is the same for all."""
    constants = ", ".join(["%s"] * len(values))
    parts: list[tuple[str, Sequence[Any]]] = []
    if made.count:
        # Of a reader who was just made nobody knows yet, so that nothing is there.
        # On SQLite nobody else can have made one since: the long rows need not be read.
        if connection.vendor == "sqlite":
            parts.append(("id > %s", [made.after]))
        else:
            parts.append(("id > %s AND source = %s", [made.after, made.source]))
    parts += [(f"id IN ({','.join(['%s'] * len(part))}) {_OR_NOTHING}", part) for part in _parts(sorted(others))]
    with connection.cursor() as cursor:
        for which, given in parts:
            source = f"SELECT id, {constants} FROM {_table(Subscriber)} WHERE {which}"  # noqa: S608 - our own names
            cursor.execute(f"INSERT INTO {_table(model)} ({columns}) {source}", [*values, *given])


def _time(value: datetime | None) -> datetime | None:
    """A time as the database's own cursor gives it: SQLite's has no zone, and is UTC."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    return ", ".join(connection.ops.quote_name(columns[name]) for name in names)
