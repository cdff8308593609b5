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
    #: The process that works on it; empty when nobody does.
    owner = models.CharField(max_length=40, blank=True)
    #: The owner's last sign of life: the database's clock, whole seconds since 1970.
    heartbeat_at = models.BigIntegerField(null=True)
    #: Not to be taken up before this second: readers to be tried again, or a relay that could not be reached.
    not_before = models.BigIntegerField(null=True)
    #: When a task for it was last enqueued and not yet taken up: the sweep does not pile up more of them.
    woken_at = models.BigIntegerField(null=True)
    #: Accepted per second since the last sign of life.
    rate = models.PositiveIntegerField(default=0)
    #: Accepted when it was last given back or closed: while nobody works on it, that is how many are.
    accepted = models.PositiveIntegerField(default=0, db_default=0)
    #: Nobody in it is still to be sent to.
    done = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["campaign"], name="range_open", condition=models.Q(done=False))]

    def __str__(self) -> str:
        return f"{self.first}–{self.last} of {self.campaign_id}"
