"""Who agreed that what they open and follow is kept."""

from __future__ import annotations

from django.db import models

from masthead.audience.models.subscriber import Subscriber


class TrackingConsent(models.Model):
    """A reader's standing consent to tracking by one publication, apart from any subscription. Without a row there is none.

    How it came about, and on which text, is in the ledger of consent.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="tracking_consents", db_index=False)
    #: The id of a publication. Publications are a matter of packages above this one: here it only tells consents apart.
    publication = models.PositiveBigIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "publication"], name="tracking_consent_once")]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: publication {self.publication} since {self.since:%Y-%m-%d}"
