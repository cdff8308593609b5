"""What SpamAssassin said of an issue's mail: asked for at the desk, found out by a task, kept until it is asked again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.issues.models import Issue


class SpamScore(models.Model):
    """`fingerprint` is that of the draft that was scored: it is about no other. `rules` are lists of points, name, what."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, related_name="spam_score")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    fingerprint = models.CharField(max_length=64, blank=True)
    points = models.FloatField(default=0)
    limit = models.FloatField(default=0)
    rules = models.JSONField(default=list)
    error = models.TextField(blank=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"spam score of issue {self.issue_id}"
