"""Which segments narrow the audience of a campaign."""

from __future__ import annotations

from django.db import models

from masthead.audience.models import Segment
from masthead.delivery.models.campaign import Campaign


class CampaignSegment(models.Model):
    """One segment of one campaign: its readers alone, or everybody but them. The lists still decide who is subscribed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="segments")
    #: Null once the segment was deleted: a campaign that has not started then has nobody to send to.
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    excluded = models.BooleanField(default=False)
    #: As it was called, for the report of the campaign and for the day when it is gone.
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["excluded", "name"]
        constraints = [models.UniqueConstraint(fields=["campaign", "segment"], name="campaign_segment_once")]

    def __str__(self) -> str:
        return f"{'without' if self.excluded else 'only'} {self.name}"
