"""Wrong passwords and wrong codes, counted per account: ten in a quarter of an hour close it for the rest of that time."""

from __future__ import annotations

from datetime import datetime, timedelta

from masthead.team.models import FailedSignIn, User

WINDOW = timedelta(minutes=15)
MOST = 10


def is_closed(*, user: User, now: datetime) -> bool:
    """Whether no further attempt is looked at now.

    A right password does not reset the count: that would let a guesser of codes go on.
    """
    return FailedSignIn.objects.filter(user=user, at__gt=now - WINDOW).count() >= MOST


def count(*, user: User, now: datetime) -> None:
    """Remember one failure, and forget those of last week."""
    FailedSignIn.objects.filter(at__lt=now - timedelta(days=7)).delete()
    FailedSignIn.objects.create(user=user, at=now)
