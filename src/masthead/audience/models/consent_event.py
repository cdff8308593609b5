"""The consent ledger: append-only."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models.mailing_list import MailingList
from masthead.audience.models.subscriber import Subscriber


class ConsentText(models.Model):
    """A text that readers were shown when they consented, kept once, known by its SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:60]


class ConsentEvent(models.Model):
    """One act of consent or of leaving: what, when, how, on which text, by whom."""

    class Kind(models.TextChoices):
        """What happened."""

        REQUESTED = "requested", _("asked to join")
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("left")
        IMPORTED = "imported", _("imported")
        COMPLAINED = "complained", _("complained")
        ADDED = "added", _("added by staff")
        MERGED = "merged", _("merged with another address")
        UNDONE = "undone", _("taken back")
        TRACKED = "tracked", _("agreed to tracking")
        UNTRACKED = "untracked", _("ended tracking")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consent_events")
    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    #: "form", "one-click", "unsubscribe page", "preferences", "import 12", "staff", "api": how it came.
    how = models.CharField(max_length=100)
    # Lists and texts are hardly ever deleted; each index would cost an import of a million readers a second or two.
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, null=True, db_index=False)
    by = models.CharField(max_length=100, default="reader")
    #: Of tracking: {"publication": its id, "called": its name at that time}.
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        # What happened lately, among a million acts. It grows at its end, so that it costs an import next to nothing.
        indexes = [models.Index(fields=["at"], name="consent_event_at")]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.kind} ({self.how})"
