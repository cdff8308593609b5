"""A dry run: asked for at the desk, done by a task, its report kept until the next one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models import MailingList
from masthead.issues.models import Issue


class DryRun(models.Model):
    """`report` is `delivery.dry_run.Report.as_dict()` once it has finished."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="dry_runs")
    lists = models.ManyToManyField(MailingList, related_name="+")
    #: How much of the issue the mails hold; "" is what the draft says.
    mail_mode = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"dry run {self.pk} of issue {self.issue_id}"
