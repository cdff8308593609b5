"""The mark of everything public pages are made of: as long as it is the same, so are they."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max, Min, Q

from masthead.audience.models import MailingList
from masthead.issues.models import Edition, Issue, Publication, TakenNumber


def mark(now: datetime) -> object:
    """Seven small questions. It moves with a new edition or correction, with the moment an issue becomes public, with a
    withdrawal, and with any change of a publication or a list.
    """
    out = Q(public_from__lte=now)
    return (
        Edition.objects.filter(is_test=False).aggregate(newest=Max("pk")),
        Issue.objects.filter(out).aggregate(many=Count("pk"), last=Max("public_from"), first=Min("public_from")),
        TakenNumber.objects.aggregate(many=Count("pk"), gone=Count("withdrawn_at"), last=Max("withdrawn_at")),
        list(Publication.objects.order_by("pk").values()),
        list(Publication.lists.through.objects.order_by("pk").values()),
        list(MailingList.objects.order_by("pk").values()),
    )
