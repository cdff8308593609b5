"""A stretch of the ledger that one worker works on."""

from __future__ import annotations

from django.db import models

from masthead.delivery.models.campaign import Campaign


class Range(models.Model):
    """Deliveries `first` to `last` of a campaign. Whoever raised `token` last owns it; every claim and result names the token."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="ranges")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    token = models.PositiveIntegerField(default=0)
    #: Database time of the owner's last sign of life; null when nobody owns it.
    heartbeat_at = models.DateTimeField(null=True)
    done = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.first}–{self.last} of {self.campaign_id}"
