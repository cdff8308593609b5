"""What a campaign and a dry run have alike: a segment that narrows their audience."""

from __future__ import annotations

from django.db import models

from masthead.audience.models import Segment


class Narrowing(models.Model):
    """One segment: its readers alone, or everybody but them. The lists still decide who is subscribed."""

    #: Null once the segment was deleted: what has not begun then reaches nobody, and says so.
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    excluded = models.BooleanField(default=False)
    #: As it was called, for the report and for the day when it is gone.
    name = models.CharField(max_length=100)

    class Meta:
        abstract = True
        ordering = ["excluded", "name"]

    def __str__(self) -> str:
        return f"{'without' if self.excluded else 'only'} {self.name}"
