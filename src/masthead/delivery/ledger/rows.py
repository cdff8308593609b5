"""Reading the rows to be sent, with what is needed of their readers, in batches."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.models import Range


class Row(NamedTuple):
    """One reader's copy to be sent. `attempt` as it is in the ledger, before this one; `attributes` is JSON text."""

    id: int
    range_id: int
    attempt: int
    repeats: int
    dated: int | None
    digest: bytes | None
    address: str
    name: str
    language: str
    mail_format: str
    mail_mode: str
    attributes: str
    is_tracked: bool


class Tracking(NamedTuple):
    """Whose consent to tracking counts: that to this publication, given at `before` or earlier."""

    publication: int
    before: datetime


def reason_sql(lists: Sequence[int], row: str) -> str:
    """An expression over a reader `s`: '' for one who is to get the mail, else why not. It takes one parameter: today.

    `row` is the alias of the delivery. The lists are whole numbers of our own, written into the text, so that the statement
    is prepared once per campaign.
    """
    some = ", ".join(str(int(each)) for each in lists) or "0"
    # Not EXISTS: of that PostgreSQL may make one table of all who are subscribed, for every batch anew.
    subscribed = (
        f"(SELECT 1 FROM audience_subscription t WHERE t.subscriber_id = {row}.subscriber_id AND t.list_id IN ({some})"
        " AND t.state = 'active'{} LIMIT 1)"
    )
    awake = subscribed.format(" AND (t.paused_until IS NULL OR t.paused_until <= %s)")
    return (
        f"CASE WHEN {awake} IS NULL THEN"
        f" CASE WHEN {subscribed.format('')} IS NULL THEN 'unsubscribed' ELSE 'paused by the reader' END"
        " WHEN (SELECT 1 FROM mail_suppression x WHERE x.fingerprint = s.fingerprint LIMIT 1) = 1 THEN 'suppressed'"
        " WHEN (SELECT 1 FROM mail_suppression x WHERE x.domain = s.domain LIMIT 1) = 1 THEN 'suppressed domain'"
        " ELSE '' END"
    )


def fetch(
    claim: Claim,
    *,
    lists: Sequence[int],
    after: int,
    limit: int,
    at: int,
    today: date,
    without_domains: Sequence[str] = (),
    tracking: Tracking | None = None,
) -> tuple[list[Row], int, bool]:
    """(rows to be sent, the id to go on from, whether there may be more) behind `after`.

    Whoever left or was suppressed since the snapshot is skipped here, before a connection is bothered; the commit before the
    final dot looks again. `at`: seconds since 1970, for what is to be tried again. Readers at `without_domains` are passed over.
    Without `tracking` nobody is tracked, and nobody's consent is asked for.
    """
    tracked, consent = "0", list[Any]()
    if tracking is not None:
        tracked = (
            "EXISTS (SELECT 1 FROM audience_trackingconsent k"
            " WHERE k.subscriber_id = s.id AND k.publication = %s AND k.since <= %s)"
        )
        consent = [tracking.publication, connection.ops.adapt_datetimefield_value(tracking.before)]
    on_sqlite = connection.vendor == "sqlite"
    columns = (
        "d.id, d.attempt, d.repeats, d.dated, "
        + ("hex(d.digest)" if on_sqlite else "encode(d.digest, 'hex')")
        + ", s.address, s.name, s.language, s.mail_format, s.mail_mode,"
        f" s.attributes, {tracked}, CASE WHEN s.id IS NULL THEN 'erased' ELSE {reason_sql(lists, 'd')} END"
    )
    sql = (
        f"SELECT {f'json_array({columns}) AS line' if on_sqlite else columns}"
        " FROM delivery_delivery d LEFT JOIN audience_subscriber s ON s.id = d.subscriber_id"
        " WHERE d.id > %s AND d.id <= %s AND d.campaign_id = %s"
        " AND (d.state = 0 OR (d.state = 2 AND (d.retry_at IS NULL OR d.retry_at <= %s)))"
    )
    if without_domains:
        sql += f" AND (s.domain IS NULL OR s.domain NOT IN ({', '.join(['%s'] * len(without_domains))}))"
    sql += " ORDER BY d.id LIMIT %s"
    rows: list[Row] = []
    left: list[tuple[str, int]] = []
    last = after
    count = 0
    for identity, attempt, repeats, dated, digest, *reader, is_tracked, reason in _fetched(
        sql, [*consent, today, after, claim.last, claim.campaign_id, at, *without_domains, limit], in_one=on_sqlite
    ):
        count += 1
        last = identity
        if reason:
            left.append((reason, identity))
        else:
            kept = bytes.fromhex(digest) if digest else None
            ours = (identity, claim.range_id, attempt, repeats, dated, kept)
            rows.append(Row._make((*ours, *reader, bool(is_tracked))))
    if left:
        _skip(claim, left, at)
    return rows, last, count == limit


def _fetched(sql: str, parameters: Sequence[Any], *, in_one: bool) -> list[Sequence[Any]]:
    """The rows that `sql` finds; `in_one`: it makes a JSON array of each, and all come in one piece.

    sqlite3 gives up the interpreter's lock for each row it fetches, and has to get it back from a busy event loop.
    """
    if in_one:
        sql = f"SELECT '[' || coalesce(group_concat(line), '') || ']' FROM ({sql})"
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[Sequence[Any]] = cursor.fetchall()
    return json.loads(found[0][0]) if in_one else found


def _skip(claim: Claim, left: Sequence[tuple[str, int]], at: int) -> None:
    sql = "UPDATE delivery_delivery SET state = 6, reply = %s, at = %s, retry_at = NULL WHERE id = %s AND state IN (0, 2)"
    with transaction.atomic(), connection.cursor() as cursor:
        # With `no_key` it waits for whoever takes the range over, and not for our own commits, which hold it nearly all the time.
        if Range.objects.select_for_update(no_key=True).filter(pk=claim.range_id, token=claim.token).first() is not None:
            cursor.executemany(sql, [(reason, at, identity) for reason, identity in left])
