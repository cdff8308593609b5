"""The commit between two dots as PostgreSQL makes it: one call of the function `delivery_commit`, one round trip.

Its parameters go as PostgreSQL's own text (the digests as bytes), past the cursors of Django and psycopg: for some thirty mails
in one call those took longer than the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection

from masthead.delivery.ledger.entries import Result, Verdict, Wish
from masthead.delivery.ledger.ranges import Claim

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

_TYPES = (
    "bigint, bigint[], date, bigint[], int[], int[],"
    " bigint[], bigint[], int[], int[], int[], bigint[], int[], text[], bigint[], int[],"
    " bigint[], bigint[], int[], bigint[], bytea, bigint"
)
SQL = b"SELECT held, sending, granted FROM delivery_commit(%s)" % b", ".join(
    f"${number}::{kind.strip()}".encode() for number, kind in enumerate(_TYPES.split(","), 1)
)
_DIGESTS = 20
FORMATS = [1 if number == _DIGESTS else 0 for number in range(_TYPES.count(",") + 1)]


def make(values: Sequence[bytes | None]) -> PGresult:
    """Make the call on the connection of this thread and wait for it. Raises django.db.Error."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return checked(connection.connection.pgconn.exec_params(SQL, values, param_formats=FORMATS))


def prepare(libpq: PGconn, name: bytes) -> None:
    """Have the server keep SQL under `name`, parsed and planned. Raises psycopg.Error."""
    checked(libpq.prepare(name, SQL))


def checked(answer: PGresult) -> PGresult:
    """`answer`, if it is none of an error. Raises the psycopg.Error that the server says it is."""
    from psycopg import errors, pq

    if answer.status not in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
        raise errors.error_from_result(answer)
    return answer


def parameters(
    campaign_id: int,
    lists: Sequence[int],
    results: Sequence[Result],
    wishes: Sequence[Wish],
    claims: Mapping[int, Claim],
    *,
    at: int,
    today: date,
    rates: Mapping[int, int] | None,
) -> list[bytes | None]:
    """The values for SQL, in the formats of FORMATS. `at`: seconds since 1970."""
    columns: Iterable[Sequence[object]] = zip(*results, strict=True) if results else [()] * len(Result._fields)
    r_id, r_range, r_attempt, r_next, _state, r_at, r_code, r_reply, r_retry, r_repeat = columns
    columns = zip(*wishes, strict=True) if wishes else [()] * len(Wish._fields)
    w_id, w_range, w_attempt, w_dated, _digests = columns
    return [
        str(campaign_id).encode(),
        _numbers(lists),
        today.isoformat().encode(),
        _numbers(list(claims)),
        _numbers([claim.token for claim in claims.values()]),
        _numbers([rates.get(identity, 0) for identity in claims]) if rates is not None else None,
        *(_numbers(each) for each in (r_id, r_range, r_attempt, r_next)),
        _numbers([int(each.state) for each in results]),
        _numbers(r_at),
        _numbers(r_code),
        _texts(r_reply),
        _numbers(r_retry),
        _numbers(r_repeat),
        *(_numbers(each) for each in (w_id, w_range, w_attempt, w_dated)),
        b"".join([each.digest for each in wishes]),
        str(at).encode(),
    ]


def verdicts(answer: PGresult, wishes: Sequence[Wish]) -> dict[int, Verdict]:
    """What the answer to SQL says to each wish, by its id."""
    held, granted = _read(answer.get_value(0, 0)), _read(answer.get_value(0, 2))
    if len(granted) == len(wishes):
        return dict.fromkeys(granted, Verdict.GO)
    refused = Verdict.LEFT if answer.get_value(0, 1) == b"t" else Verdict.HALTED
    return {
        each.id: Verdict.FENCED if each.range_id not in held else Verdict.GO if each.id in granted else refused for each in wishes
    }


def _numbers(values: Sequence[object]) -> bytes:
    return ("{" + ",".join(["NULL" if each is None else str(each) for each in values]) + "}").encode()


def _texts(values: Sequence[object]) -> bytes:
    # A relay's NUL, which PostgreSQL does not keep, never gets here: the reader of replies drops it.
    quoted = ['"' + str(each).replace("\\", "\\\\").replace('"', '\\"') + '"' for each in values]
    return ("{" + ",".join(quoted) + "}").encode()


def _read(value: bytes | None) -> set[int]:
    return {int(each) for each in (value or b"{}")[1:-1].split(b",") if each}
