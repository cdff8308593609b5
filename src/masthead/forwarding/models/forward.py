"""That an issue was forwarded, for the limits."""

from __future__ import annotations

from django.db import models

from masthead.audience.models import Subscriber
from masthead.issues.models import Issue


class Forward(models.Model):
    """One attempt of a reader. The friend is a keyed hash, and gone after 30 days."""

    reader = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="+")
    #: `mail.fingerprints.fingerprint` of the friend's address.
    friend = models.BinaryField(max_length=16)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["friend", "at"], name="forward_by_friend")]

    def __str__(self) -> str:
        return f"{self.issue} on {self.at:%Y-%m-%d}"
