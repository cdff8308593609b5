"""How many rows are where."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from masthead.delivery.models import Campaign, Delivery

State = Delivery.State

# From the open ranges: whatever else the campaign has is settled.
_OPEN_ROWS = (
    "FROM delivery_range r JOIN delivery_delivery d ON d.id BETWEEN r.first AND r.last AND d.campaign_id = r.campaign_id"
    " LEFT JOIN audience_subscriber s ON s.id = d.subscriber_id"
)
_OPEN = "r.campaign_id = %s AND NOT r.done AND d.state IN (0, 1, 2)"


def counted(campaign: Campaign) -> dict[int, int]:
    """The number of rows in each state, all of them read in one statement: what `verify` adds up.

    The span of ids makes this a walk over neighbouring rows; there is no index on the campaign alone.
    """
    return _tally(
        "SELECT state, count(*) FROM delivery_delivery WHERE campaign_id = %s AND id BETWEEN %s AND %s GROUP BY state",
        [campaign.pk, campaign.first_delivery or 0, campaign.last_delivery or -1],
    )


def answered(campaign: Campaign) -> dict[int, int]:
    """The same without what is queued or being sent, for screens that ask often: it reads few rows, whatever was accepted.

    The others stand in the index `delivery_rare`. Who was accepted is counted in the few ranges that somebody works on; the
    rest of them know it.
    """
    found = _tally(
        "SELECT rare, count(*) FROM delivery_delivery WHERE campaign_id = %s AND rare IS NOT NULL GROUP BY rare", [campaign.pk]
    )
    accepted = _tally(
        "SELECT 3, coalesce(sum(accepted), 0) FROM delivery_range WHERE campaign_id = %s AND owner = ''"
        " UNION ALL SELECT -1, count(*) FROM delivery_range r JOIN delivery_delivery d ON d.id BETWEEN r.first AND r.last"
        " AND d.campaign_id = r.campaign_id WHERE r.campaign_id = %s AND r.owner <> '' AND d.state = 3",
        [campaign.pk, campaign.pk],
    )
    return found | {State.ACCEPTED: accepted[3] + accepted[-1]}


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


def open_at(campaign: Campaign, domains: Sequence[str]) -> int:
    """How many readers at `domains` still may get it."""
    if not domains:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_OPEN_ROWS} WHERE {_OPEN} AND s.domain IN ({_marks(domains)})", [campaign.pk, *domains])
        return int(cursor.fetchone()[0])


def open_elsewhere(campaign: Campaign, domains: Sequence[str]) -> bool:
    """Whether anybody who is not at `domains` still may get it. It ends at the first one."""
    elsewhere = f"s.domain IS NULL OR s.domain NOT IN ({_marks(domains)})" if domains else "1 = 1"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 {_OPEN_ROWS} WHERE {_OPEN} AND ({elsewhere}) LIMIT 1",
            [campaign.pk, *domains],
        )
        return cursor.fetchone() is not None


def repeated(campaign: Campaign) -> int:
    """How many hand-overs were uncertain and then repeated: the most mails that anybody can have got twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(repeats), 0) FROM delivery_delivery WHERE campaign_id = %s AND id BETWEEN %s AND %s",
            [campaign.pk, campaign.first_delivery or 0, campaign.last_delivery or -1],
        )
        return int(cursor.fetchone()[0])


def readers_of(campaigns: Sequence[Campaign]) -> tuple[int, int]:
    """(different readers of all these campaigns together, those who have it, get it or may have it from more than one).

    A row of one campaign is for one reader, so with a single campaign there is nothing to compare.
    """
    if len(campaigns) < 2:
        return sum(campaign.audience or 0 for campaign in campaigns), 0
    some = ", ".join(str(int(campaign.pk)) for campaign in campaigns)
    first = min((campaign.first_delivery or 0 for campaign in campaigns if campaign.audience), default=0)
    last = max((campaign.last_delivery or -1 for campaign in campaigns), default=-1)
    where = f"campaign_id IN ({some}) AND id BETWEEN %s AND %s AND subscriber_id IS NOT NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT subscriber_id) FROM delivery_delivery WHERE {where}", [first, last])
        readers = int(cursor.fetchone()[0])
        cursor.execute(
            f"SELECT count(*) FROM (SELECT subscriber_id FROM delivery_delivery WHERE {where}"
            " AND (state IN (0, 1, 2, 3, 8) OR repeats > 0) GROUP BY subscriber_id HAVING count(*) > 1) several",
            [first, last],
        )
        return readers, int(cursor.fetchone()[0])


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _tally(sql: str, parameters: list[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {int(state): int(count) for state, count in cursor.fetchall()}
