"""Why the ledger of a campaign cannot be written at this moment, in words for the screens.

Kept in memory, since there is nowhere to write it: a screen of the same process shows it, which on SQLite is the one that sends.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from masthead.common.full_disk import is_full_disk

_now: dict[int, str] = {}


def note(campaign_id: int, error: Exception) -> str:
    """Remember `error` until it is over; answer it in words."""
    if is_full_disk(error):
        words = _(
            "The disk of the database is full. No mail is handed over meanwhile, and nothing is lost. Make space: it goes on by"
            " itself."
        )
    else:
        words = _(
            "The database cannot be written (%(why)s). No mail is handed over meanwhile, and nothing is lost. It is tried again."
        ) % {"why": error}
    _now[campaign_id] = words
    return words


def over(campaign_id: int) -> None:
    """It can be written again."""
    _now.pop(campaign_id, None)


def words_for(campaign_id: int) -> str:
    """What stands in the way now, or ""."""
    return _now.get(campaign_id, "")
