"""Relays that cannot be used for a while: out of reach, or refusing us. All workers then use the others."""

from __future__ import annotations

from datetime import datetime, timedelta

from masthead.mail.models import Transport

FIRST_SECONDS = 30
LONGEST_SECONDS = 600


def note_trouble(key: int, *, words: str, now: datetime) -> None:
    """Let the relay rest: half a minute, then twice as long each time, at most ten minutes, until it takes a mail again."""
    row = Transport.objects.filter(pk=key).first()
    if row is None:
        return
    seconds = min(LONGEST_SECONDS, max(FIRST_SECONDS, row.rested * 2))
    values = {"rests_until": now + timedelta(seconds=seconds), "rested": seconds, "trouble": words}
    Transport.objects.filter(pk=key, rested=row.rested).update(**values)


def note_well(key: int) -> None:
    """It took mail."""
    Transport.objects.filter(pk=key).exclude(rested=0, trouble="").update(rests_until=None, rested=0, trouble="")
