"""One mail to one person that is no campaign: a confirmation, a sign-in link, a test, a notice to staff."""

from __future__ import annotations

from django.db import models


class SingleMail(models.Model):
    """A mail in the queue of single mails. They go ahead of campaigns and are tried again until `give_up_at`."""

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued"
        SENDING = "sending"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        EXPIRED = "expired"

    kind = models.CharField(max_length=40)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.CharField(max_length=320)
    message_id = models.CharField(max_length=255, blank=True)
    needs_smtputf8 = models.BooleanField(default=False)
    #: The publication is in test mode: only the built-in inbox may get it, whatever relay is configured.
    inbox_only = models.BooleanField(default=False)
    #: The bytes are dropped once the relay has taken or refused them: they may hold a sign-in code.
    raw = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: While queued: when it is due. While sending: when its sender is taken for dead, and it is due again.
    next_try_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    code = models.PositiveSmallIntegerField(null=True)
    reply = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="single_mail_due"),
            models.Index(fields=["envelope_to"], name="single_mail_to"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.envelope_to} ({self.state})"

    @property
    def is_final(self) -> bool:
        """Accepted, rejected or expired: nothing more will happen."""
        return self.state in FINAL


OPEN = (SingleMail.State.QUEUED, SingleMail.State.SENDING)
FINAL = (SingleMail.State.ACCEPTED, SingleMail.State.REJECTED, SingleMail.State.EXPIRED)
