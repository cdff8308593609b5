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
        CANCELLED = "cancelled"
        UNDOING = "undoing"
        UNDONE = "undone"

    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=255)
    stored_path = models.CharField(max_length=500, blank=True)
    dry_run = models.BooleanField(default=False)
    statement = models.TextField(blank=True)
    #: What a person said about the columns, over what was guessed: {"Mail": "email", "3": "city", "Notes": "-"}.
    mapping = models.JSONField(default=dict)
    encoding = models.CharField(max_length=30, blank=True)
    #: Whether names and merge fields of readers that are known change to what the file says.
    update_known = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    #: When the last batch was written: a run that is RUNNING and long silent was interrupted.
    progressed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: Who works on it: whoever took it last. Another one's batch finds that it is not its own any more and is not written.
    claim = models.CharField(max_length=32, blank=True)
    lines = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    #: Where to go on after an interruption: records that were read, and the length of the report, both as of the last batch.
    records_done = models.PositiveIntegerField(default=0)
    report_bytes = models.PositiveBigIntegerField(default=0)
    #: What was found out about the file: {"encoding": "utf-8", "separator": ",", "columns": {"E-Mail": "address", …}}.
    layout = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    left_before = models.PositiveIntegerField(default=0)
    suppressed = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    #: Readers that an undo took back, and those it left alone because they acted since.
    taken_back = models.PositiveIntegerField(default=0)
    kept_back = models.PositiveIntegerField(default=0)
    #: Where an undo goes on: the last consent event it has dealt with.
    undone_to = models.PositiveBigIntegerField(default=0)
    #: The first rows of each kind but "added": {"rejected": [[3, "no address", "why"], …], …}.
    samples = models.JSONField(default=dict)
    #: CSV of every row with its line number, what became of it and why, in the data folder.
    report_path = models.CharField(max_length=500, blank=True)
    error = models.TextField(blank=True)

    @property
    def how(self) -> str:
        """How its readers came, in their source and consent events."""
        return f"import {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in {self.State.WAITING, self.State.RUNNING, self.State.UNDOING}

    @property
    def can_go_on(self) -> bool:
        """Whether it was interrupted and can be taken up again. A file that could not be read has no records done."""
        return self.state == self.State.CANCELLED or (self.state == self.State.FAILED and self.records_done > 0)

    @property
    def can_be_undone(self) -> bool:
        """Whether it added or changed anybody and has come to an end."""
        ended = self.state in {self.State.FINISHED, self.State.FAILED, self.State.CANCELLED}
        return ended and not self.dry_run and bool(self.added or self.changed)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} → {self.list}"
