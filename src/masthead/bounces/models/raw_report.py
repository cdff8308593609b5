"""What came in, as it came, before anybody tried to read it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models import Subscriber

#: The envelope sender of a mail that nobody may answer (RFC 5321 §4.5.5), so that it is told from an unknown one.
NULL_SENDER = "<>"


class RawReport(models.Model):
    """One inbound mail or notification, kept once, known by the digest of the bytes that are kept."""

    class Via(models.TextChoices):
        """The door it came through."""

        MAILBOX = "mailbox", _("a mailbox")
        LISTENER = "listener", _("delivered by a mail server")
        PIPE = "pipe", _("a pipe")
        WEBHOOK = "webhook", _("a provider's webhook")
        FILE = "file", _("a file")

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("waiting to be read")
        READ = "read", _("read")
        UNREAD = "unread", _("could not be read")
        ASIDE = "aside", _("could not be read, and was set aside by a person")

    digest = models.CharField(max_length=64, unique=True)
    via = models.CharField(max_length=10, choices=Via.choices)
    #: The mailbox, listener or provider it came from, in the operator's words.
    source = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    #: `NULL_SENDER`, or empty when the door does not say.
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.CharField(max_length=320, blank=True)
    #: The bytes, up to what is ever read; `size` counts all of them.
    raw = models.BinaryField()
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    #: Why it could not be read.
    note = models.CharField(max_length=300, blank=True)
    #: Whose it turned out to be: it goes when the reader is erased.
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, null=True, related_name="raw_reports")

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="report_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["id"], name="report_unread", condition=models.Q(state="unread")),
            models.Index(fields=["received_at"], name="report_received"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} via {self.via}: {self.get_state_display()}"
