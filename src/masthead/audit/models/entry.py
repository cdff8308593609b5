"""One line of the record."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """Who did what to what, when. Never changed and never deleted: each entry carries the digest of the one before it."""

    at = models.DateTimeField()
    #: "staff:12", "command line", "system" or "reader": never an address.
    by = models.CharField(max_length=100)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}: {self.action} {self.subject}".rstrip()
