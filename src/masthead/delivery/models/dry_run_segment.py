"""Which segments narrow a dry run."""

from __future__ import annotations

from django.db import models

from masthead.delivery.models.dry_run import DryRun
from masthead.delivery.models.narrowing import Narrowing


class DryRunSegment(Narrowing):
    """One segment of one dry run."""

    dry_run = models.ForeignKey(DryRun, on_delete=models.CASCADE, related_name="segments")

    class Meta(Narrowing.Meta):
        constraints = [models.UniqueConstraint(fields=["dry_run", "segment"], name="dry_run_segment_once")]
