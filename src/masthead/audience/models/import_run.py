"""One import of readers."""

from __future__ import annotations

from django.db import models

from masthead.audience.models.mailing_list import MailingList


class ImportRun(models.Model):
    """A file of readers and what became of each of its rows; the counts add up to `rows`."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"

    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=255)
    stored_path = models.CharField(max_length=500, blank=True)
    dry_run = models.BooleanField(default=False)
    statement = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    #: When the last batch was written: a run that is RUNNING and long silent was interrupted.
    progressed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    #: What was found out about the file: {"encoding": "utf-8", "separator": ",", "columns": {"E-Mail": "address", …}}.
    layout = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    left_before = models.PositiveIntegerField(default=0)
    suppressed = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    #: CSV of every row that was not added, with line number and reason, in the data folder.
    report_path = models.CharField(max_length=500, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} → {self.list}"
