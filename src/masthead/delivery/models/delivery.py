"""The ledger: one row per reader and campaign."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models import Subscriber
from masthead.delivery.models.campaign import Campaign


class Delivery(models.Model):
    """What became of one reader's copy. Compact on purpose: a million of them are one campaign.

    Times are whole seconds since 1970 (UTC); they take a third of what a text timestamp takes on SQLite.
    """

    class State(models.IntegerChoices):
        """Where it stands; the words are those of the screens."""

        QUEUED = 0, _("Waiting")
        SENDING = 1, _("Sending")
        DEFERRED = 2, _("Will be tried again")
        ACCEPTED = 3, _("Accepted")
        REJECTED = 4, _("Refused")
        EXPIRED = 5, _("Gave up")
        SKIPPED = 6, _("Left out")
        CANCELLED = 7, _("Cancelled")
        UNCERTAIN = 8, _("Uncertain")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    #: Null once the reader was erased; the row stays, so that the sum still adds up.
    subscriber = models.ForeignKey(Subscriber, on_delete=models.SET_NULL, null=True, related_name="deliveries", db_index=False)
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.QUEUED)
    #: How often it was handed over or refused before that; each claim and each result names it.
    attempt = models.PositiveSmallIntegerField(default=0)
    #: How often the row was uncertain and put back: each may be one mail more than wanted.
    repeats = models.PositiveSmallIntegerField(default=0)
    #: The Date header, fixed at the first attempt; of no use once it was accepted.
    dated = models.PositiveBigIntegerField(null=True)
    #: When the state last changed.
    at = models.PositiveBigIntegerField(null=True)
    retry_at = models.PositiveBigIntegerField(null=True)
    code = models.PositiveSmallIntegerField(null=True)
    #: The relay's own words, or the reason it was left out.
    reply = models.TextField(blank=True)
    #: 16 bytes of BLAKE2b over the message; a repeat must have the same. Accepted rows give it up, as they do `dated`.
    digest = models.BinaryField(max_length=16, null=True)
    #: `state`, for those in which few rows are: neither waiting, nor being sent, nor accepted. The database keeps it.
    rare = models.GeneratedField(
        expression=models.Case(models.When(models.Q(state__gt=1) & ~models.Q(state=3), then=models.F("state"))),
        output_field=models.PositiveSmallIntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "campaign"], name="delivery_once")]
        # No index holds or depends on `state`: so neither the commit before a dot nor the one that accepts touches any, and
        # PostgreSQL writes both within the page of the row (HOT). The rows of a campaign as a whole lie between
        # `first_delivery` and `last_delivery`.
        indexes = [models.Index(fields=["campaign", "rare"], name="delivery_rare", condition=models.Q(rare__isnull=False))]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.pk}: {self.get_state_display()}"


OPEN = (Delivery.State.QUEUED, Delivery.State.SENDING, Delivery.State.DEFERRED)
FINAL = (
    Delivery.State.ACCEPTED,
    Delivery.State.REJECTED,
    Delivery.State.EXPIRED,
    Delivery.State.SKIPPED,
    Delivery.State.CANCELLED,
    Delivery.State.UNCERTAIN,
)
