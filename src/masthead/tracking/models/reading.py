"""What a reader who agreed did with one mail."""

from __future__ import annotations

from django.db import models

from masthead.audience.models import Subscriber
from masthead.delivery.models import Campaign


class Reading(models.Model):
    """That one reader opened a mail (`number` 0) or followed link `number` of it.

    `times` by a person, `programs` by what looks like a program; the two moments are of persons alone. Whoever followed a link
    has opened the mail, whether its pictures were shown or not. Where from and with what browser is not here.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+", db_index=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+", db_index=False)
    #: As in `Edition.links`; 0 is the mail itself.
    number = models.PositiveIntegerField()
    times = models.PositiveIntegerField(default=0)
    programs = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "campaign", "number"], name="reading_once")]
        indexes = [models.Index(fields=["campaign", "number"], name="reading_of_campaign")]

    def __str__(self) -> str:
        return f"{self.subscriber_id}, link {self.number}: {self.times}"
