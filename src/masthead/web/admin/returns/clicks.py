"""How often links of an issue were followed, and by how many readers who agreed: as plots and files. No reader is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from masthead.audit.recording import record
from masthead.delivery.models import Campaign
from masthead.team.roles import requires
from masthead.tracking import exporting, lookups, readers
from masthead.tracking.lookups import Day
from masthead.web.admin.returns import exports
from masthead.web.admin.staff import staff

#: Units of the plot: one day is ten wide, the most visited a hundred high.
_WIDE, _HIGH = 10, 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where its bar stands and how high it is; 0 where its figure is not shown."""

    day: Day
    left_edge: int
    top: float
    high: float


@dataclass(frozen=True, slots=True)
class Picture:
    """All days. `wide` has room for a week at least, so that a single day is no wall."""

    bars: list[Bar]
    wide: int


@require_POST
@requires("campaigns.view")
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The figures that the report shows, as CSV."""
    campaign = get_object_or_404(Campaign.objects.select_related("edition__publication"), pk=pk)
    found = lookups.clicks([campaign])
    if found is None:
        raise Http404
    subject, now = f"campaign:{campaign.pk}", timezone.now()
    record(action="report.exported", by=staff(request).actor, now=now, subject=subject, details={"part": "clicks"})
    return exports.csv_of(campaign, called="clicks", heading=exporting.HEADING, rows=exporting.rows(found))


@require_POST
@requires("campaigns.view")
def export_readers(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How many readers who agreed opened it and followed each link, as CSV."""
    campaign = get_object_or_404(Campaign.objects.select_related("edition__publication"), pk=pk)
    found = readers.of_campaign(campaign)
    if found is None:
        raise Http404
    subject, now = f"campaign:{campaign.pk}", timezone.now()
    record(action="report.exported", by=staff(request).actor, now=now, subject=subject, details={"part": "readers"})
    rows = exporting.rows_of_readers(found)
    return exports.csv_of(campaign, called="readers", heading=exporting.HEADING_OF_READERS, rows=rows)


def picture(days: Sequence[Day]) -> Picture:
    """How `days` are drawn."""
    most = max((each.people or 0 for each in days), default=0)
    bars = []
    for place, each in enumerate(days):
        high = round(_HIGH * (each.people or 0) / max(1, most), 2)
        bars.append(Bar(each, place * _WIDE, round(_HIGH - high, 2), high))
    return Picture(bars, _WIDE * max(7, len(bars)))
