"""Forgetting what readers opened and followed: with their consent, with their leaving, with time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from masthead.audience import consent, tracking_consent
from masthead.audience.models import Subscriber
from masthead.audience.retention import KINDS, Kept
from masthead.delivery.models import Campaign
from masthead.issues.lookups import lists_for
from masthead.issues.models import Publication
from masthead.tracking import readers
from masthead.tracking.models import Reading, ReadingSum


@transaction.atomic
def withdraw(*, subscriber: Subscriber, publication: Publication, how: str, by: str, now: datetime) -> bool:
    """The reader agrees no more: what was kept of their mails of this publication goes at once. False: there was no consent.

    Their consent is locked before it goes, and `keeping` locks it before it writes: nothing is kept after this.
    """
    there_was = tracking_consent.withdraw(
        subscriber=subscriber, publication=publication.pk, called=publication.name, how=how, by=by, now=now
    )
    person = subscriber.person
    _forget([person.pk, *person.merged.values_list("pk", flat=True)], publication)
    return there_was


def forget(*, now: datetime) -> int:
    """Of sendings that are long ago keep the figures alone; end the consents of readers who left. Returns how many rows went.

    Each sending and each publication stands alone, so that it may be repeated.
    """
    went = 0
    for campaign in _due(now):
        went += _sum_up(campaign, now)
    for publication in Publication.objects.all():
        went += _end_of_leavers(publication, now)
    return went


def register() -> None:
    """Tell readers how long it is kept."""
    KINDS["tracking"] = lambda: Kept(
        gettext_lazy("What you open and follow, if you agreed to that, from the sending of each issue"), settings.TRACKING_DAYS
    )


def _due(now: datetime) -> Iterable[Campaign]:
    """Sendings past their time that are not summed up yet."""
    before = now - timedelta(days=settings.TRACKING_DAYS)
    summed = ReadingSum.objects.filter(campaign=OuterRef("pk"))
    old = Campaign.objects.filter(~Exists(summed), tracks_readers=True, started_at__lte=before)
    return old.select_related("edition__publication")


@transaction.atomic
def _sum_up(campaign: Campaign, now: datetime) -> int:
    found = readers.of_campaign(campaign)
    if found is not None:
        ReadingSum.objects.create(campaign=campaign, at=now, figures=found.as_figures())
    return Reading.objects.filter(campaign=campaign).delete()[0]


@transaction.atomic
def _end_of_leavers(publication: Publication, now: datetime) -> int:
    """Leaving can be undone for a while: until then consent and readings wait, and come back with the reader."""
    gone = tracking_consent.end_of_leavers(
        publication=publication.pk,
        called=publication.name,
        lists=lists_for(publication),
        before=now - consent.UNDO_WITHIN,
        now=now,
    )
    return _forget(gone, publication) if gone else 0


def _forget(subscribers: Iterable[int], publication: Publication) -> int:
    theirs = Reading.objects.filter(subscriber__in=list(subscribers), campaign__edition__publication=publication)
    return theirs.delete()[0]
