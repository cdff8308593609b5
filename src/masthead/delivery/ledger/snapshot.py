"""Writing the ledger of a campaign: the audience as it is at this moment, one row per reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from masthead.audience.models import Subscriber
from masthead.delivery.ledger import reach
from masthead.delivery.models import Campaign


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was written: `audience` rows with ids from `first` to `last` (0 and -1 when there are none)."""

    audience: int
    first: int
    last: int


# One statement for a million readers. A reader on two of the lists is one row (GROUP BY), and one who paused all of those
# lists, or is suppressed by address or by domain, gets a row too, with the reason: the sum must say where everybody is.
# Whoever has a row for this issue from another campaign is in this audience only where `reach` says so. A campaign for the rest
# takes nobody who gets no mail: they have their row, or will be asked for again. `state`: 0 queued, 6 skipped.
_COLUMNS = "campaign_id, subscriber_id, state, attempt, repeats, at, reply"
_ROWS = """
SELECT %(campaign)s AS campaign_id, s.id AS subscriber_id,
       CASE WHEN a.silent = 1 OR f.id IS NOT NULL OR h.id IS NOT NULL THEN 6 ELSE 0 END AS state,
       0 AS attempt, 0 AS repeats, %(at)s AS at,
       CASE WHEN f.id IS NOT NULL THEN 'suppressed: ' || f.reason
            WHEN h.id IS NOT NULL THEN 'suppressed domain: ' || h.reason
            WHEN a.silent = 1 THEN 'paused by the reader' ELSE '' END AS reply
FROM (
    SELECT t.subscriber_id, min(CASE WHEN t.paused_until > %(today)s THEN 1 ELSE 0 END) AS silent
    FROM audience_subscription t JOIN delivery_campaign_lists l ON l.mailinglist_id = t.list_id
    WHERE l.campaign_id = %(campaign)s AND t.state = 'active'
    GROUP BY t.subscriber_id
) a
JOIN audience_subscriber s ON s.id = a.subscriber_id
LEFT JOIN mail_suppression f ON f.fingerprint = s.fingerprint
LEFT JOIN mail_suppression h ON h.domain = s.domain
WHERE 1 = 1 /*narrowed*/
"""
_INSERT = {
    "sqlite": f"INSERT INTO delivery_delivery ({_COLUMNS}) {_ROWS} ORDER BY s.id",
    # Neighbours in the order of sending lie on different pages. A commit then writes a row or two of each, and what it leaves
    # behind is cleared before the next one comes by; thirty rows of one page would not find room in it for their next versions.
    "postgresql": (
        f"INSERT INTO delivery_delivery (id, {_COLUMNS})"
        f" SELECT id, {_COLUMNS} FROM ("
        f"SELECT nextval(pg_get_serial_sequence('delivery_delivery', 'id')) AS id, place, {_COLUMNS} FROM ("
        f"SELECT row_number() OVER (ORDER BY subscriber_id) - 1 AS place, {_COLUMNS} FROM ({_ROWS}) found"
        ") placed ORDER BY place / 1024, place %% 32, place"
        ") numbered ORDER BY place"
    ),
}

_SPAN = "SELECT count(*), coalesce(min(id), 0), coalesce(max(id), -1) FROM delivery_delivery WHERE campaign_id = %s AND id > %s"

# Ranges hold the same number of rows still to be sent, whatever lies between them.
_RANGES = """
INSERT INTO delivery_range (campaign_id, first, last, token, owner, rate, done)
SELECT %(campaign)s, min(id), max(id), 0, '', 0, %(no)s
FROM (
    SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS piece
    FROM delivery_delivery WHERE campaign_id = %(campaign)s AND id BETWEEN %(first)s AND %(last)s AND state = 0
) pieces
GROUP BY piece ORDER BY piece
"""


def take(campaign: Campaign, *, at: int, today: date, range_size: int, narrowed: Q | None = None) -> Snapshot:
    """Write the rows and the ranges of `campaign`, in the caller's transaction. `at`: seconds since 1970.

    `narrowed`: only readers of whom it is true; the others have no row. The caller holds the lock of the issue, so that no other
    campaign of it takes the same readers at the same moment, and makes sure that it happens once; the unique (campaign,
    subscriber) would refuse a second time.
    """
    wanted = reach.condition(campaign.reach, reach.others_of(campaign))
    part, values = _part(wanted & narrowed if narrowed else wanted)
    if campaign.reach != Campaign.Reach.ALL:
        part += " AND a.silent = 0 AND f.id IS NULL AND h.id IS NULL"
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM delivery_delivery")
        before = int(cursor.fetchone()[0])
        cursor.execute(
            _INSERT[connection.vendor].replace("/*narrowed*/", part),
            {**values, "campaign": campaign.pk, "at": at, "today": today},
        )
        # On PostgreSQL another campaign may take ids meanwhile, also below ours: the span is only where to look.
        cursor.execute(_SPAN, [campaign.pk, 0 if connection.vendor == "postgresql" else before])
        audience, first, last = (int(value) for value in cursor.fetchone())
        cursor.execute(_RANGES, {"campaign": campaign.pk, "size": range_size, "first": first, "last": last, "no": False})
    return Snapshot(audience, first, last)


def _part(narrowed: Q | None) -> tuple[str, dict[str, Any]]:
    """The condition as SQL of Django's making, with named parameters as in the statement around it."""
    if not narrowed:
        return "", {}
    try:
        sql, params = Subscriber.objects.filter(narrowed).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # how Django says that nobody fits
        return "AND 1 = 0", {}
    names = [f"narrowed{number}" for number in range(len(params))]
    # What was escaped as %% stays so: the statement as a whole is formatted once more.
    text = sql.replace("%%", "%%%%") % tuple(f"%({name})s" for name in names)
    return f"AND s.id IN ({text})", dict(zip(names, params, strict=True))
