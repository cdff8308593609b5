"""How many rows are where."""

from __future__ import annotations

from django.db import connection

from masthead.delivery.models import Campaign, Delivery

State = Delivery.State


def counted(campaign: Campaign) -> dict[int, int]:
    """The number of rows in each state, all of them read in one statement: what `verify` adds up.

    The span of ids makes this a walk over neighbouring rows; there is no index on the campaign alone.
    """
    return _tally(
        "SELECT state, count(*) FROM delivery_delivery WHERE campaign_id = %s AND id BETWEEN %s AND %s GROUP BY state",
        [campaign.pk, campaign.first_delivery or 0, campaign.last_delivery or -1],
    )


def answered(campaign: Campaign) -> dict[int, int]:
    """The same from the index `delivery_answered` alone, without what is queued or being sent: for screens that ask often.

    `state > 1` must stand there literally, or SQLite does not see that the partial index holds all of it.
    """
    return _tally(
        "SELECT state, count(*) FROM delivery_delivery WHERE campaign_id = %s AND state > 1 GROUP BY state", [campaign.pk]
    )


def in_hand(campaign: Campaign) -> tuple[int, int]:
    """(rows in SENDING, accepted per second): from the few ranges somebody works on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM delivery_range r JOIN delivery_delivery d ON d.id BETWEEN r.first AND r.last"
            " AND d.campaign_id = r.campaign_id WHERE r.campaign_id = %s AND NOT r.done AND r.owner <> '' AND d.state = 1",
            [campaign.pk],
        )
        sending = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT coalesce(sum(rate), 0) FROM delivery_range WHERE campaign_id = %s AND NOT done AND owner <> ''", [campaign.pk]
        )
        return sending, int(cursor.fetchone()[0])


def repeated(campaign: Campaign) -> int:
    """How many hand-overs were uncertain and then repeated: the most mails that anybody can have got twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(repeats), 0) FROM delivery_delivery WHERE campaign_id = %s AND id BETWEEN %s AND %s",
            [campaign.pk, campaign.first_delivery or 0, campaign.last_delivery or -1],
        )
        return int(cursor.fetchone()[0])


def _tally(sql: str, parameters: list[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {int(state): int(count) for state, count in cursor.fetchall()}
