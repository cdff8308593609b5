"""Readers by a part of their address or name, at a million readers as fast as at ten thousand.

SQLite keeps an index of all three letters in a row (FTS5, `trigram`), PostgreSQL its own (`pg_trgm`); both follow the readers by
themselves: see migration 0012. Where an installation has neither, every row is looked at.
"""

from __future__ import annotations

import json
from functools import cache

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from masthead.audience.models import Subscriber

#: Of more than so many that may fit, the newest are found sooner in the table itself: a page needs few of them.
_FEW = 10_000
#: Threes of a long text that are looked at; of these, the rarest that are asked for: they leave few enough.
_MOST_THREES, _ASKED_FOR = 30, 5
#: How many readers with a three say how rare it is.
_PROBE = 300


def containing(found: QuerySet[Subscriber], text: str) -> QuerySet[Subscriber]:
    """Of `found`, those with `text` in address or name, in whatever case."""
    fits = Q(address_key__contains=text.lower()) | Q(name__icontains=text)
    if connection.vendor == "sqlite" and (threes := _threes(text)) and _has_index():
        candidates = _candidates(_rarest(threes))
        if len(candidates) <= _FEW:
            # The index knows a few that may fit; whether they do, the two columns say, as everywhere. The index is asked once:
            # where threes are in nearly every name, that takes longer than all the rest.
            found = found.filter(pk__in=RawSQL("SELECT value FROM json_each(%s)", [json.dumps(candidates)]))
    return found.filter(fits)


def _threes(text: str) -> list[str]:
    """All threes of letters in `text`, each once, as queries of FTS5: strings in quotation marks."""
    if "\0" in text:
        return []
    threes = dict.fromkeys(text[at : at + 3] for at in range(len(text) - 2))
    return ['"' + three.replace('"', '""') + '"' for three in list(threes)[:_MOST_THREES]]


def _rarest(threes: list[str]) -> str:
    """Some of `threes` as one query that wants them all: those that the fewest have.

    Asked for one that nearly everybody has, FTS5 goes through nearly everybody, whatever else is asked for. How far the first
    readers who have it lie apart says how rare it is, at the price of a few of them.
    """
    if len(threes) <= 1:
        return " ".join(threes)
    probe = (
        "SELECT %s, count(*), max(at) - min(at) FROM "
        "(SELECT rowid AS at FROM audience_search WHERE audience_search MATCH %s LIMIT %s)"
    )
    with connection.cursor() as cursor:
        # One statement for all of them.
        cursor.execute(" UNION ALL ".join([probe] * len(threes)), [value for three in threes for value in (three, three, _PROBE)])
        found = cursor.fetchall()
    # Fewer than were asked for are all there are.
    reach = {three: span / count if count == _PROBE else float("inf") for three, count, span in found}
    return " ".join(sorted(threes, key=lambda three: -reach[three])[:_ASKED_FOR])


def _candidates(threes: str) -> list[int]:
    """Whom the index knows, and no more than one beyond a few."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM audience_search WHERE audience_search MATCH %s LIMIT %s", [threes, _FEW + 1])
        return [row[0] for row in cursor.fetchall()]


@cache
def _has_index() -> bool:
    """An SQLite without FTS5 has none; that changes with the program alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audience_search'")
        return bool(cursor.fetchone()[0])
