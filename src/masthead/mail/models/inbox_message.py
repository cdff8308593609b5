"""What the built-in inbox received."""

from __future__ import annotations

from django.db import models


class InboxMessage(models.Model):
    """One mail as the built-in inbox took it over SMTP, byte for byte."""

    received_at = models.DateTimeField(db_index=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.CharField(max_length=320, db_index=True)
    subject = models.CharField(max_length=998, blank=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    size = models.PositiveIntegerField()
    raw = models.BinaryField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.envelope_to}: {self.subject}"
