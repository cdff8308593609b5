"""What is left of what readers did, once it is no longer kept who they were."""

from __future__ import annotations

from django.db import models

from masthead.delivery.models import Campaign


class ReadingSum(models.Model):
    """The figures of one campaign, as `masthead.tracking.reading.Readings` has them. Nothing here is about one reader."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    figures = models.JSONField()

    def __str__(self) -> str:
        return f"{self.campaign_id} at {self.at:%Y-%m-%d}"
