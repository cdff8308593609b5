"""A campaign to a part of its lists: those in a segment, without those in another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from masthead.audience.models import Segment
from masthead.audience.segments import saving
from masthead.audience.segments.compiling import SegmentBroken
from masthead.delivery.models import Campaign, CampaignSegment, DryRun, DryRunSegment


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Only readers who are in one of `segments` (none given: all), and in none of `excluded`."""

    segments: tuple[Segment, ...] = ()
    excluded: tuple[Segment, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.segments or self.excluded)

    def condition(self, now: datetime) -> Q:
        """As a condition on readers. Raises SegmentBroken."""
        return saving.narrowing(segments=self.segments, excluded=self.excluded, now=now)

    @property
    def pairs(self) -> set[tuple[int | None, bool]]:
        """What tells it from another: ids, and whether they are left out."""
        return {(each.pk, False) for each in self.segments} | {(each.pk, True) for each in self.excluded}


EVERYBODY = Narrowing()


def of(segments: Iterable[Segment] = (), excluded: Iterable[Segment] = ()) -> Narrowing:
    """Each segment once. Raises SegmentBroken when one is to be in and out at the same time."""
    only, without = dict.fromkeys(segments), dict.fromkeys(excluded)
    both = [each for each in only if each in without]
    if both:
        raise SegmentBroken(_("it is chosen as the audience and left out of it at once."), both[0].name)
    return Narrowing(tuple(only), tuple(without))


def of_campaign(campaign: Campaign) -> Narrowing:
    """That of a campaign. Raises SegmentBroken when one of its segments was deleted."""
    return _of_rows(campaign.segments.select_related("segment"), _("it was deleted since the sending was planned."))


def of_dry_run(dry_run: DryRun) -> Narrowing:
    """That of a dry run. Raises SegmentBroken when one of its segments was deleted."""
    return _of_rows(dry_run.segments.select_related("segment"), _("it was deleted since the dry run was asked for."))


def _of_rows(rows: Iterable[CampaignSegment | DryRunSegment], if_gone: str) -> Narrowing:
    rows = list(rows)
    for row in rows:
        if row.segment is None:
            raise SegmentBroken(if_gone, row.name)
    kept = [(row.segment, row.excluded) for row in rows if row.segment is not None]
    return Narrowing(tuple(each for each, excluded in kept if not excluded), tuple(each for each, excluded in kept if excluded))


def keep(campaign: Campaign, narrowing: Narrowing) -> None:
    """Write down which segments the campaign has, in the caller's transaction."""
    campaign.segments.all().delete()
    CampaignSegment.objects.bulk_create(
        CampaignSegment(campaign=campaign, segment=each, excluded=excluded, name=each.name)
        for chosen, excluded in ((narrowing.segments, False), (narrowing.excluded, True))
        for each in chosen
    )


def keep_for_dry_run(dry_run: DryRun, narrowing: Narrowing) -> None:
    """The same for a dry run that was just made."""
    DryRunSegment.objects.bulk_create(
        DryRunSegment(dry_run=dry_run, segment=each, excluded=excluded, name=each.name)
        for chosen, excluded in ((narrowing.segments, False), (narrowing.excluded, True))
        for each in chosen
    )


def pairs_of(campaign: Campaign) -> set[tuple[int | None, bool]]:
    """As `Narrowing.pairs`; a segment that was deleted is None."""
    return {(row.segment_id, row.excluded) for row in campaign.segments.all()}


def waiting_for(segment: Segment) -> QuerySet[Campaign]:
    """Campaigns that have not started and would not without this segment."""
    states = (Campaign.State.SCHEDULED, Campaign.State.PREPARING)
    return Campaign.objects.filter(segments__segment=segment, state__in=states).distinct()
