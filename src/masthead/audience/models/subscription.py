"""One reader on one list."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models.mailing_list import MailingList
from masthead.audience.models.subscriber import Subscriber


class Subscription(models.Model):
    """Whether a reader gets what a list sends.

    Written by `audience.consent` alone, and in bulk by `audience.importing` and `audience.bulk`.
    """

    class State(models.TextChoices):
        """Where it stands. Only ACTIVE is mailed."""

        PENDING = "pending", _("Waiting for confirmation")
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices)
    since = models.DateTimeField()
    #: Until when the reader asked for silence; the subscription stays ACTIVE.
    paused_until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "list"], name="subscription_once")]
        indexes = [models.Index(fields=["list", "state", "subscriber"], name="subscription_audience")]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.list}: {self.state}"
