"""What was read in one report, whose it is, and what followed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models import Subscriber
from masthead.bounces.models.raw_report import RawReport
from masthead.delivery.models import Campaign, Delivery


class Finding(models.Model):
    """One finding, of a report or of the relay's own refusal. `bounces.reading.finding` documents kinds and reasons.

    `words` has all addresses masked, so that an erased reader is not found in them.
    """

    class Identity(models.TextChoices):
        """How it is known whose mail it was, the surest first."""

        REFUSAL = "refusal", _("the relay's answer to this very mail")
        TOKEN = "token", _("the token of the envelope")
        MESSAGE_ID = "message-id", _("the Message-ID")
        PROVIDER = "provider", _("the provider's signed word about the address")
        ADDRESS = "address", _("an address in the report, which proves nothing")
        TEST = "test", _("a test mail")
        NONE = "", _("unknown")

    class Outcome(models.TextChoices):
        """What followed."""

        PENDING = "pending", _("not yet judged")
        NOTED = "noted", _("noted, nothing follows")
        COUNTED = "counted", _("counted")
        FIRST = "first", _("first sign of a dead address; a second one is needed")
        ALARM = "alarm", _("our fault or a policy: an alarm for the receiving domain")
        SUPPRESSED = "suppressed", _("the address is suppressed")
        COMPLAINED = "complained", _("the reader was taken off and is suppressed")
        LEFT = "left", _("the reader asked by mail to be taken off, and was")
        HELD = "held", _("held: too many at once, a person decides")
        UNDONE = "undone", _("undone: the address is alive")

    report = models.OneToOneField(RawReport, on_delete=models.SET_NULL, null=True, related_name="finding")
    #: When the report came in, or the relay refused.
    found_at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=20)
    status_class = models.CharField(max_length=1, blank=True)
    dead = models.BooleanField(default=False)
    #: Whether the words give the reason themselves.
    said = models.BooleanField(default=False)
    reply = models.CharField(max_length=3, blank=True)
    status = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=500, blank=True)
    feedback_type = models.CharField(max_length=40, blank=True)
    message_id = models.CharField(max_length=500, blank=True)
    #: The receiving domain.
    domain = models.CharField(max_length=255, blank=True, db_index=True)
    identity = models.CharField(max_length=10, choices=Identity.choices, blank=True)
    #: Who the report says it is about: in clear while it is nobody's we know, masked when it is not the reader's own, else empty.
    address = models.CharField(max_length=320, blank=True)
    #: The report names another address than the reader's: forwarding, or forgery.
    names_another = models.BooleanField(default=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True, related_name="findings")
    campaign = models.ForeignKey(Campaign, on_delete=models.SET_NULL, null=True, related_name="findings")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.SET_NULL, null=True, related_name="findings")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    #: The rule that decided, by its name in `bounces.rules`.
    rule = models.CharField(max_length=40, blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "outcome"], name="finding_campaign"),
            models.Index(fields=["subscriber", "kind"], name="finding_subscriber"),
            models.Index(fields=["id"], name="finding_pending", condition=models.Q(outcome="pending")),
            models.Index(fields=["id"], name="finding_held", condition=models.Q(outcome="held")),
            models.Index(fields=["found_at"], name="finding_found"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], name="finding_one_refusal", condition=models.Q(identity="refusal", delivery__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind}, {self.reason}"
