"""The one commit between two dots (rules 1 and 2 of the ledger), shared by all lanes of a worker.

In one transaction: what the relay answered to the last mails, and the move of the next ones to SENDING, behind the gate. Once
it is durable their final dots may be written. If the outcome of a commit is unknown (the connection to the database broke in
it), the same commit may be made again: results name the attempt they belong to, and a row that is already SENDING under our
token and this very attempt is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from masthead.delivery.ledger import one_statement
from masthead.delivery.ledger.entries import GO, Result, Verdict, Wish
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.ledger.rows import reason_sql

_ACCEPTED = 3
# A digest is kept as long as there may be a repeat of a copy with it: that must have the same bytes. After a plain 4xx it may
# change, and what was accepted is not repeated.
_KEEP_DIGEST = "CASE WHEN repeats + {repeat} > 0 OR {state} = 8 THEN digest END"


class Book:
    """Writes for one campaign, on the connection of the thread that calls it, or on `database` if that is given."""

    def __init__(self, *, campaign_id: int, lists: Sequence[int], database: BaseDatabaseWrapper | None = None) -> None:
        self.database: BaseDatabaseWrapper = database or connection
        self.campaign_id = campaign_id
        self.lists = tuple(lists)
        self._sqlite = connection.vendor == "sqlite"
        reason = reason_sql(lists, "d").replace("%s", "?")
        self._claim_all = _by_count(
            "UPDATE delivery_delivery AS d SET state = 1, attempt = v.column2, dated = v.column3, digest = v.column4"
            " FROM (VALUES {(?, ?, ?, ?)}) AS v"
            " WHERE d.id = v.column1 AND (d.state IN (0, 2) OR (d.state = 1 AND d.attempt = v.column2))"
            f" AND '' = (SELECT {reason} FROM audience_subscriber s WHERE s.id = d.subscriber_id)"
        )
        self._why = (
            f"SELECT CASE WHEN s.id IS NULL THEN 'erased' ELSE {reason} END"
            " FROM delivery_delivery d LEFT JOIN audience_subscriber s ON s.id = d.subscriber_id WHERE d.id = ?"
        )

    def commit(
        self,
        results: Sequence[Result],
        wishes: Sequence[Wish],
        claims: Mapping[int, Claim],
        *,
        at: int,
        today: date,
        rates: Mapping[int, int] | None = None,
    ) -> dict[int, Verdict]:
        """Write `results`, grant or refuse `wishes`; the verdict for each wished id. Durable when it returns.

        `claims` are the ranges in our hands. `rates` (accepted per second, by range) is given every few seconds and is at the
        same time the sign of life. Raises django.db.Error; then nothing is known and the same call may be repeated.
        """
        if not self._sqlite:
            sent = one_statement.parameters(
                self.campaign_id, self.lists, results, wishes, claims, at=at, today=today, rates=rates
            )
            return one_statement.verdicts(one_statement.make(sent), wishes)
        with self.database.wrap_database_errors, _Transaction(_raw(self.database)) as raw:
            tokens, sending = self._standing(raw, claims)
            held = {identity for identity, claim in claims.items() if tokens.get(identity) == claim.token}
            self._record(raw, [each for each in results if each.range_id in held])
            halted, fenced = Verdict.HALTED, Verdict.FENCED
            verdicts = {each.id: halted if each.range_id in held else fenced for each in wishes}
            if sending:
                self._grant(raw, [each for each in wishes if each.range_id in held], verdicts, at, today)
            for identity, rate in (rates or {}).items():
                if identity in held:
                    raw.execute("UPDATE delivery_range SET heartbeat_at = unixepoch(), rate = ? WHERE id = ?", (rate, identity))
        return verdicts

    def _standing(self, raw: Any, claims: Mapping[int, Claim]) -> tuple[dict[int, int], bool]:
        """The present tokens of our ranges, and whether the campaign is being sent."""
        some = ", ".join(str(int(each)) for each in claims) or "0"
        rows = raw.execute(
            f"SELECT id, token FROM delivery_range WHERE id IN ({some})"
            " UNION ALL SELECT NULL, state FROM delivery_campaign WHERE id = ?",
            (self.campaign_id,),
        ).fetchall()
        return dict(rows), (None, "sending") in rows

    def _record(self, raw: Any, results: Sequence[Result]) -> None:
        accepted = [each for each in results if each.state == _ACCEPTED]
        others = [each for each in results if each.state != _ACCEPTED]
        if accepted:
            values = [(each.id, each.attempt, each.at, each.code, each.reply) for each in accepted]
            raw.execute(_ACCEPT_ALL(len(values)), list(chain.from_iterable(values)))
        if others:
            keep = _KEEP_DIGEST.format(repeat="?", state="?")
            for each in others:
                raw.execute(
                    "UPDATE delivery_delivery SET state = ?, at = ?, code = ?, reply = ?, retry_at = ?, attempt = ?,"
                    f" digest = {keep}, repeats = repeats + ? WHERE id = ? AND state IN (0, 1, 2) AND attempt = ?",
                    (
                        *(each.state, each.at, each.code, each.reply, each.retry_at, each.next_attempt),
                        *(each.repeat, each.state, each.repeat, each.id, each.attempt),
                    ),
                )

    def _grant(self, raw: Any, wishes: Sequence[Wish], verdicts: dict[int, Verdict], at: int, today: date) -> None:
        granted = self._claimed(raw, wishes, today)
        verdicts.update(dict.fromkeys(granted, GO))
        for each in wishes:
            if each.id not in granted:
                verdicts[each.id] = Verdict.LEFT
                row = raw.execute(self._why, (today.isoformat(), each.id)).fetchone()
                if row and row[0]:
                    raw.execute(
                        "UPDATE delivery_delivery SET state = 6, at = ?, reply = ?, retry_at = NULL"
                        " WHERE id = ? AND state IN (0, 2)",
                        (at, row[0], each.id),
                    )

    def _claimed(self, raw: Any, wishes: Sequence[Wish], today: date) -> set[int]:
        if not wishes:
            return set()
        asked = [(each.id, each.attempt, each.dated, each.digest) for each in wishes]
        claim, values = self._claim_all(len(wishes)), [*chain.from_iterable(asked), today.isoformat()]
        if raw.execute(claim, values).rowcount == len(wishes):
            return {each.id for each in wishes}
        # Somebody is left out. Who is granted can be asked by claiming again: a row that is ours stays ours.
        return {int(row[0]) for row in raw.execute(f"{claim} RETURNING id", values)}


def _by_count(sql: str) -> Callable[[int], str]:
    """Makes of `sql` the statement for so many rows of what stands in it between braces."""
    head, row, tail = re.split("[{}]", sql)
    return lru_cache(maxsize=256)(lambda count: f"{head}{', '.join([row] * count)}{tail}")


_ACCEPT_ALL = _by_count(
    "UPDATE delivery_delivery AS d SET state = 3, at = v.column3, code = v.column4, reply = v.column5, retry_at = NULL,"
    " dated = NULL, digest = NULL"
    " FROM (VALUES {(?, ?, ?, ?, ?)}) AS v WHERE d.id = v.column1 AND d.state = 1 AND d.attempt = v.column2"
)


class _Transaction:
    """SQLite's two bare words: Django's atomic block costs as much as the statements in it."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __enter__(self) -> Any:
        self._raw.execute("BEGIN IMMEDIATE")
        return self._raw

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        try:
            if kind is None:
                self._raw.execute("COMMIT")
        finally:
            # Also after a COMMIT that failed: on a full disk the transaction would stay open.
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")


def _raw(database: BaseDatabaseWrapper) -> Any:
    """The sqlite3 connection itself: its statements are prepared once.

    One statement takes all lanes: sqlite3 gives up the interpreter's lock for each statement and each row of an
    executemany, and getting it back from a busy event loop takes longer than the work (a commit of 31 mails took 4.8 ms,
    1 ms of them work).
    """
    if database.connection is None:
        database.ensure_connection()
    return database.connection
