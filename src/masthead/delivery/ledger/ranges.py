"""Who works on which range. Ownership rests on the token and on the database's clock, never on a worker's own.

A token is raised by whoever takes a range; every later claim of a row and every result is written only while the token is
still theirs. So a worker that was stopped, declared lost and woken again can write nothing and hand over nothing.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction

#: This process. On SQLite only one process runs tasks (it holds the lock), so whoever else is named as an owner is dead.
ME = f"{os.getpid()}-{uuid4().hex[:16]}"

#: More than any install has workers; each goes on with the next range by itself.
MOST_WOKEN = 32
_WOKEN_SECONDS = 30

_NOW = {"sqlite": "unixepoch()", "postgresql": "extract(epoch FROM clock_timestamp())::bigint"}

# Nobody owns it, or its owner has been silent for too long, or (SQLite) is another process than the only one there can be.
_ORPHANED = "(owner = '' OR heartbeat_at < {now} - %(lost)s OR (%(embedded)s AND owner <> %(me)s))"

_ACCEPTED = (
    "(SELECT count(*) FROM delivery_delivery d WHERE d.id BETWEEN first AND last"
    " AND d.campaign_id = delivery_range.campaign_id AND d.state = 3)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A range that is ours as long as its token is `token`."""

    range_id: int
    campaign_id: int
    first: int
    last: int
    token: int


def claim(range_id: int) -> Claim | None:
    """Take the range if it is open and nobody alive has it. What a lost owner left in SENDING is uncertain from now on.

    Under the policy "send again" such a row waits again at once, counted in `repeats`; under "hold" it stays uncertain.
    """
    free = " WHERE id = %(id)s AND NOT done AND " + _ORPHANED
    with transaction.atomic(), connection.cursor() as cursor:
        # A commit of the old owner that is under way is waited for: against it an UPDATE alone locks nothing.
        cursor.execute(_sql(f"SELECT token FROM delivery_range{free}{_for_update()}"), _parameters(id=range_id))
        cursor.execute(
            _sql(
                "UPDATE delivery_range SET token = token + 1, owner = %(me)s, heartbeat_at = {now}, not_before = NULL,"
                " woken_at = NULL, rate = 0" + free
            ),
            _parameters(id=range_id),
        )
        if cursor.rowcount != 1:
            return None
        cursor.execute(
            "SELECT r.campaign_id, r.first, r.last, r.token, c.policy FROM delivery_range r"
            " JOIN delivery_campaign c ON c.id = r.campaign_id WHERE r.id = %s",
            [range_id],
        )
        campaign_id, first, last, token, policy = cursor.fetchone()
        cursor.execute(
            _sql(
                "UPDATE delivery_delivery SET state = %(state)s, repeats = repeats + %(repeat)s, at = {now}, reply = %(reply)s"
                " WHERE id BETWEEN %(first)s AND %(last)s AND campaign_id = %(campaign)s AND state = 1"
            ),
            {
                "state": 8 if policy == "hold" else 0,
                "repeat": 0 if policy == "hold" else 1,
                "reply": "uncertain: the worker was lost between the mail's last line and the answer",
                "first": first,
                "last": last,
                "campaign": campaign_id,
            },
        )
    return Claim(range_id, campaign_id, first, last, token)


def claim_next(campaign_id: int, *, held: Collection[int]) -> Claim | None:
    """Take the first open range of the campaign that nobody alive works on.

    `held`: those in our own hands. After a standstill they look as if their worker were lost: taken again, their rows would be
    handed out twice.
    """
    for range_id in without_worker(campaign_id, but=held):
        found = claim(range_id)
        if found is not None:
            return found
    return None


def release(mine: Claim, *, rest: int = 0) -> bool:
    """Give the range back; answer whether it is done. Where all who are left wait to be tried again, it rests until the first.

    `rest`: seconds that it rests in any case, since what is left in it may not go sooner.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT token FROM delivery_range WHERE id = %s" + _for_update(), [mine.range_id])
        row = cursor.fetchone()
        if row is None or row[0] != mine.token:
            return False
        cursor.execute(
            "SELECT count(CASE WHEN state <= 1 THEN 1 END), count(CASE WHEN state <= 2 THEN 1 END),"
            " min(CASE WHEN state <= 2 THEN retry_at END), count(CASE WHEN state = 3 THEN 1 END)"
            " FROM delivery_delivery WHERE id BETWEEN %s AND %s AND campaign_id = %s",
            [mine.first, mine.last, mine.campaign_id],
        )
        at_once, still_open, retry_at, accepted = cursor.fetchone()
        until = None if at_once or not still_open else retry_at
        cursor.execute(
            "UPDATE delivery_range SET owner = '', heartbeat_at = NULL, rate = 0, done = %s, not_before = %s, accepted = %s"
            " WHERE id = %s",
            [still_open == 0, until, accepted, mine.range_id],
        )
        if still_open and rest:
            cursor.execute(
                _sql("UPDATE delivery_range SET not_before = {now} + %s WHERE id = %s AND coalesce(not_before, 0) < {now} + %s"),
                [rest, mine.range_id, rest],
            )
    return bool(still_open == 0)


def rest_all(campaign_id: int, *, seconds: int) -> None:
    """Let all ranges nobody works on rest: no relay takes anything sooner."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(
                "UPDATE delivery_range SET not_before = {now} + %s WHERE campaign_id = %s AND NOT done AND owner = ''"
                " AND coalesce(not_before, 0) < {now} + %s"
            ),
            [seconds, campaign_id, seconds],
        )


def without_worker(campaign_id: int, *, but: Collection[int] = ()) -> list[int]:
    """Open ranges that could be taken now, first ones first, at most MOST_WOKEN; none of `but`."""
    others = f" AND id NOT IN ({', '.join(str(int(each)) for each in but)})" if but else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(
                "SELECT id FROM delivery_range WHERE campaign_id = %(id)s AND NOT done"
                f" AND (not_before IS NULL OR not_before <= {{now}}) AND {_ORPHANED}{others} ORDER BY id LIMIT {MOST_WOKEN}"
            ),
            _parameters(id=campaign_id),
        )
        return [int(row[0]) for row in cursor.fetchall()]


def of_lost_workers(campaign_id: int) -> list[int]:
    """Open ranges whose owner gives no sign of life any more, also those that rest."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(
                "SELECT id FROM delivery_range WHERE campaign_id = %(id)s AND NOT done"
                f" AND owner <> '' AND {_ORPHANED} ORDER BY id"
            ),
            _parameters(id=campaign_id),
        )
        return [int(row[0]) for row in cursor.fetchall()]


def all_rest(campaign_id: int) -> bool:
    """Whether nobody works on an open range of the campaign, nor could: each waits for its time."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(
                "SELECT count(*) FROM delivery_range WHERE campaign_id = %s AND NOT done"
                " AND (owner <> '' OR not_before IS NULL OR not_before <= {now})"
            ),
            [campaign_id],
        )
        return bool(cursor.fetchone()[0] == 0)


def note_wake(range_id: int) -> bool:
    """Whether a task for the range should be enqueued: not when one was in the last half minute and waits for its turn."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(
                "UPDATE delivery_range SET woken_at = {now} WHERE id = %s"
                f" AND (woken_at IS NULL OR woken_at < {{now}} - {_WOKEN_SECONDS})"
            ),
            [range_id],
        )
        return bool(cursor.rowcount == 1)


def forget_times_to_come(campaign_id: int) -> None:
    """Signs of life and wakes that the database's clock has not come to yet: it was set back.

    They become as old as now, not void: who lives gives another sign in seconds, and who is dead is missed after the usual time.
    """
    with connection.cursor() as cursor:
        for column in ("heartbeat_at", "woken_at"):
            cursor.execute(
                _sql(f"UPDATE delivery_range SET {column} = {{now}} WHERE campaign_id = %s AND NOT done AND {column} > {{now}}"),
                [campaign_id],
            )


def count_accepted(campaign_id: int) -> None:
    """Count anew who was accepted in ranges nobody works on, after something else than a worker accepted them."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE delivery_range SET accepted = {_ACCEPTED} WHERE campaign_id = %s AND owner = ''", [campaign_id])


def close_if_done(range_id: int) -> bool:
    """Close a range without a living owner in which nobody waits any more; answer whether it is closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(
                f"UPDATE delivery_range SET done = %(yes)s, owner = '', accepted = {_ACCEPTED} WHERE id = %(id)s"
                f" AND {_ORPHANED} AND NOT EXISTS"
                " (SELECT 1 FROM delivery_delivery d WHERE d.id BETWEEN first AND last"
                " AND d.campaign_id = delivery_range.campaign_id AND d.state IN (0, 1, 2))"
            ),
            _parameters(id=range_id, yes=True),
        )
        return bool(cursor.rowcount == 1)


def _sql(text: str) -> str:
    return text.format(now=_NOW[connection.vendor])


def _parameters(**more: int | bool) -> dict[str, int | bool | str]:
    return {"lost": settings.WORKER_LOST_SECONDS, "embedded": settings.EMBEDDED, "me": ME, **more}


def _for_update() -> str:
    return " FOR UPDATE" if connection.vendor == "postgresql" else ""
