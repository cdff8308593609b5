"""Two readers who are one person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models.subscriber import Subscriber


class Merge(models.Model):
    """One reader merged into another, by whom, and what that changed, so that it can be taken back."""

    keep = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="merges")
    away = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    #: The parts are those of `audience.merging`.
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.away_id} into {self.keep_id}"

    @property
    def how(self) -> str:
        """How its consent events came about."""
        return f"merge {self.pk}"


class Duplicate(models.Model):
    """Two readers who may be one person, until somebody merges them or says that they are two."""

    class Why(models.TextChoices):
        """What speaks for it."""

        MAILBOX = "mailbox", _("one mailbox in two spellings")
        MISSPELT = "misspelt", _("a domain that looks misspelt")

    #: The one who was known first.
    first = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=10, choices=Why.choices)
    found_at = models.DateTimeField()
    #: Who said that these are two people: they are not named again.
    two_people = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="duplicate_once")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"
