"""What all workers share about how fast mail leaves: a handful of rows, written once a second and not once a mail."""

from __future__ import annotations

from django.db import models


class Slots(models.Model):
    """The first moment (seconds since 1970) at which nobody has taken a slot yet, for one limited thing.

    `scope` names it: "transport:3", "provider:google", "governor:3:google". Transport 0 is the one of MASTHEAD_SMTP_URL.
    """

    scope = models.CharField(max_length=320, unique=True)
    next_at = models.FloatField(default=0.0)

    class Meta:
        verbose_name_plural = "slots"

    def __str__(self) -> str:
        return self.scope


class Spent(models.Model):
    """How many mails were taken from a budget in one minute, and how many of a relay's were put off."""

    scope = models.CharField(max_length=320)
    #: Whole minutes since 1970.
    minute = models.BigIntegerField()
    sent = models.IntegerField(default=0)
    deferred = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "spent"
        constraints = [models.UniqueConstraint(fields=["scope", "minute"], name="spent_minute")]

    def __str__(self) -> str:
        return f"{self.scope} {self.minute}: {self.sent}"


class Slowdown(models.Model):
    """The governor's pace for one relay and provider, while it is not free. Times are seconds since 1970."""

    transport = models.PositiveBigIntegerField()
    provider = models.CharField(max_length=255)
    rate = models.FloatField()
    not_before = models.FloatField()
    since = models.FloatField()
    top = models.FloatField()
    strikes = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transport", "provider"], name="slowdown_once")]

    def __str__(self) -> str:
        return f"{self.provider}: {self.rate:.2f}/s"


class Connections(models.Model):
    """How many connections a worker process has to a relay that has a limit for all of them together."""

    transport = models.PositiveBigIntegerField()
    owner = models.CharField(max_length=40)
    count = models.PositiveSmallIntegerField()
    #: The owner's last sign of life: seconds since 1970.
    seen_at = models.FloatField()

    class Meta:
        verbose_name_plural = "connections"
        constraints = [models.UniqueConstraint(fields=["transport", "owner"], name="connections_once")]

    def __str__(self) -> str:
        return f"{self.transport}: {self.count}"
