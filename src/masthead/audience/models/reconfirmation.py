"""Asking readers of old whether they want to stay."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models.mailing_list import MailingList
from masthead.audience.models.subscriber import Subscriber


class Reconfirmation(models.Model):
    """One round of asking the readers of a list. Its rows (`Question`) are its ledger: they add up to `readers`."""

    class State(models.TextChoices):
        """Where it stands."""

        ASKING = "asking", _("Asking")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")
        UNDONE = "undone", _("Taken back")
        CANCELLED = "cancelled", _("Cancelled")

    #: How what it does is called in the ledger of consent, before its number.
    HOW: ClassVar = "re-confirmation"

    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="reconfirmations")
    #: Who was meant, in words, as it was when it began.
    whom = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKING)
    #: The voice of the mails (`mail.sender.Sender`), frozen when it began.
    sender = models.JSONField()
    per_minute = models.PositiveIntegerField()
    #: Days after a reader was asked; null: no reminder.
    remind_after = models.PositiveSmallIntegerField(null=True)
    #: Days that the last reader asked has to answer.
    days = models.PositiveSmallIntegerField()
    readers = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    #: Known once everybody was asked: then who did not answer is taken off the list.
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    @property
    def how(self) -> str:
        """What the ledger of consent calls it."""
        return f"{self.HOW} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it goes on by itself, or can."""
        return self.state in {self.State.ASKING, self.State.PAUSED}

    def __str__(self) -> str:
        return f"{self.how} of {self.list}"


class Question(models.Model):
    """One reader in a round."""

    class State(models.TextChoices):
        """What became of it. A row is in exactly one."""

        WAITING = "waiting", _("not asked yet")
        ASKED = "asked", _("asked")
        REMINDED = "reminded", _("asked twice")
        KEPT = "kept", _("wants to stay")
        LEFT = "left", _("left")
        TAKEN_OFF = "taken_off", _("did not answer: taken off")
        SKIPPED = "skipped", _("not asked: suppressed, erased or gone before")

    reconfirmation = models.ForeignKey(Reconfirmation, on_delete=models.CASCADE, related_name="questions", db_index=False)
    #: Null after the reader was erased: the row goes on counting.
    subscriber = models.ForeignKey(Subscriber, on_delete=models.SET_NULL, null=True, related_name="questions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(null=True)
    #: When the state became final.
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reconfirmation", "subscriber"], name="question_once")]
        indexes = [models.Index(fields=["reconfirmation", "state", "id"], name="question_due")]

    def __str__(self) -> str:
        return f"{self.reconfirmation_id}: {self.subscriber_id} {self.state}"
