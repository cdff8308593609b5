"""Sign-ups that nobody confirmed in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from masthead.audience.models import Subscriber, Subscription


def unconfirmed(*, before: datetime) -> QuerySet[Subscription]:
    """Subscriptions that have waited for confirmation since `before` or longer."""
    return Subscription.objects.filter(state=Subscription.State.PENDING, since__lte=before)


@transaction.atomic
def lapse(*, now: datetime) -> int:
    """Drop what nobody confirmed in time, and readers of whom nothing else is left. Returns how many readers were dropped."""
    lapsed = unconfirmed(before=now - timedelta(days=settings.UNCONFIRMED_DAYS))
    readers = set(lapsed.values_list("subscriber_id", flat=True))
    lapsed.delete()
    gone = Subscriber.objects.filter(pk__in=readers, subscriptions=None)
    return gone.delete()[1].get("audience.Subscriber", 0)
