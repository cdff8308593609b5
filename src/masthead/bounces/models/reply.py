"""What a reader answered, and to whom that is passed on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.bounces.models.raw_report import RawReport
from masthead.delivery.models import Campaign
from masthead.issues.models import Publication


class Reply(models.Model):
    """A letter of a person. It goes with the mail it was read from: after its time, or when its reader is erased."""

    class State(models.TextChoices):
        """Whether it was passed on."""

        WAITING = "waiting", _("waits to be passed on")
        PASSED_ON = "passed-on", _("passed on")
        KEPT = "kept", _("at the desk only")

    report = models.OneToOneField(RawReport, on_delete=models.CASCADE, related_name="letter")
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="replies")
    #: The issue it answers; none when it was only sent to the publication's address.
    campaign = models.ForeignKey(Campaign, on_delete=models.SET_NULL, null=True, related_name="replies")
    received_at = models.DateTimeField()
    #: As the mail says, which proves nothing.
    sender_name = models.CharField(max_length=150, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    attachments = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    #: Why it stays at the desk, in words.
    note = models.CharField(max_length=300, blank=True)
    passed_on_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "replies"
        indexes = [
            models.Index(fields=["id"], name="reply_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["id"], name="reply_new", condition=models.Q(read_at=None)),
            models.Index(fields=["passed_on_at"], name="reply_passed_on"),
            models.Index(fields=["sender", "passed_on_at"], name="reply_of_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.get_state_display()}"


class RepliesGoTo(models.Model):
    """Who gets what readers answer to one publication. No row: nobody, it stays at the desk."""

    publication = models.OneToOneField(Publication, on_delete=models.CASCADE, related_name="replies_go_to")
    address = models.CharField(max_length=320)
    changed_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "replies go to"

    def __str__(self) -> str:
        return self.address
