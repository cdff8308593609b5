"""Which segments narrow a dry run."""

from __future__ import annotations

from django.db import models

from masthead.audience.models import Segment
from masthead.delivery.models.dry_run import DryRun


class DryRunSegment(models.Model):
    """One segment of one dry run: its readers alone, or everybody but them."""

    dry_run = models.ForeignKey(DryRun, on_delete=models.CASCADE, related_name="segments")
    #: Null once the segment was deleted: a run that has not begun then fails, and says so.
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    excluded = models.BooleanField(default=False)
    #: As it was called, for the report.
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["excluded", "name"]
        constraints = [models.UniqueConstraint(fields=["dry_run", "segment"], name="dry_run_segment_once")]

    def __str__(self) -> str:
        return f"{'without' if self.excluded else 'only'} {self.name}"
