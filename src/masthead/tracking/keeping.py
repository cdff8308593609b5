"""Keeping what readers who agreed open and follow: one row for each reader, mail and link, with how often and when.

It is kept only while the publication asks for it, the reader's consent stands and the sending is not too long ago; all three are
asked in the transaction that writes. Nothing is ever done to a reader because of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, F, OuterRef

from masthead.audience.models import TrackingConsent
from masthead.delivery.models import Delivery
from masthead.issues.models import Publication
from masthead.tracking.machines import OPENED, Followed
from masthead.tracking.models import Reading, ReadingSum

_AT_ONCE = 500


class _Key(NamedTuple):
    subscriber: int
    campaign: int
    number: int


class _Done(NamedTuple):
    """What one reader did with one link in this batch. `at`: when a person did, to the minute."""

    times: int
    programs: int
    at: datetime | None


def keep(followed: Sequence[Followed], programs: Collection[Followed]) -> set[int]:
    """Keep those of `followed` that may be kept, in the caller's transaction. Returns the deliveries whose they are."""
    kept: set[int] = set()
    for some in _batches(sorted({each.delivery for each in followed})):
        owners = _owners(some, now=max(each.at for each in followed))
        _write(_sums([each for each in followed if each.delivery in owners], owners, programs))
        kept |= owners.keys()
    return kept


def _owners(deliveries: Sequence[int], *, now: datetime) -> dict[int, tuple[int, int]]:
    """Reader and campaign of those deliveries whose readings may be kept. Their consents are locked."""
    since = now - timedelta(days=settings.TRACKING_DAYS)
    summed = ReadingSum.objects.filter(campaign=OuterRef("campaign"))
    found = Delivery.objects.filter(
        ~Exists(summed),
        pk__in=deliveries,
        subscriber__isnull=False,
        campaign__tracks_readers=True,
        campaign__started_at__gt=since,
        campaign__edition__publication__measuring=Publication.Measuring.READERS,
    ).values_list("pk", "subscriber", "campaign", "campaign__edition__publication")
    rows = list(found)
    consents = TrackingConsent.objects.select_for_update().filter(subscriber__in=[row[1] for row in rows]).order_by("pk")
    agreed = set(consents.values_list("subscriber", "publication"))
    return {pk: (reader, campaign) for pk, reader, campaign, publication in rows if (reader, publication) in agreed}


def _sums(followed: Iterable[Followed], owners: dict[int, tuple[int, int]], programs: Collection[Followed]) -> dict[_Key, _Done]:
    sums: dict[_Key, _Done] = defaultdict(lambda: _Done(0, 0, None))
    for each in followed:
        key = _Key(*owners[each.delivery], each.number)
        times, asked, at = sums[key]
        if each in programs:
            sums[key] = _Done(times, asked + 1, at)
        else:
            minute = each.at.replace(second=0, microsecond=0)
            sums[key] = _Done(times + 1, asked, max(at or minute, minute))
    return dict(sums)


def _write(sums: dict[_Key, _Done]) -> None:
    """In few statements, however many readers there are: those with the same increments are written together."""
    opened = {key._replace(number=OPENED): done.at for key, done in sums.items() if done.times and key.number != OPENED}
    keys = sorted({*sums, *opened})
    Reading.objects.bulk_create(
        (Reading(subscriber_id=key.subscriber, campaign_id=key.campaign, number=key.number) for key in keys),
        ignore_conflicts=True,
        batch_size=_AT_ONCE,
    )
    rows = _rows(keys)
    alike: dict[_Done, list[int]] = defaultdict(list)
    for key, done in sums.items():
        alike[done].append(rows[key])
    for done, pks in alike.items():
        for some in _batches(pks):
            these = Reading.objects.filter(pk__in=some)
            these.update(times=F("times") + done.times, programs=F("programs") + done.programs)
            _date(some, done.at)
    by_minute: dict[datetime | None, list[int]] = defaultdict(list)
    for key, at in opened.items():
        by_minute[at].append(rows[key])
    for at, pks in by_minute.items():
        for some in _batches(pks):
            if Reading.objects.filter(pk__in=some, times=0).update(times=1):
                _date(some, at)


def _date(pks: Sequence[int], at: datetime | None) -> None:
    if at is not None:
        Reading.objects.filter(pk__in=pks).update(last_at=at)
        Reading.objects.filter(pk__in=pks, first_at=None).update(first_at=at)


def _rows(keys: Iterable[_Key]) -> dict[_Key, int]:
    """The ids of their rows."""
    found: dict[_Key, int] = {}
    for some in _batches(sorted({key.subscriber for key in keys})):
        rows = Reading.objects.filter(subscriber__in=some, campaign__in={key.campaign for key in keys})
        found |= {_Key(*key): pk for pk, *key in rows.values_list("pk", "subscriber", "campaign", "number")}
    return found


def _batches(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    return (pks[start : start + _AT_ONCE] for start in range(0, len(pks), _AT_ONCE))
