"""Which segments narrow the audience of a campaign."""

from __future__ import annotations

from django.db import models

from masthead.delivery.models.campaign import Campaign
from masthead.delivery.models.narrowing import Narrowing


class CampaignSegment(Narrowing):
    """One segment of one campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="segments")

    class Meta(Narrowing.Meta):
        constraints = [models.UniqueConstraint(fields=["campaign", "segment"], name="campaign_segment_once")]
