"""A number that was given away."""

from __future__ import annotations

from django.db import models

from masthead.issues.models.issue import Issue
from masthead.issues.models.publication import Publication


class TakenNumber(models.Model):
    """One number of one publication, taken for ever. Withdrawn, it is the tombstone of its issue."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="taken_numbers")
    number = models.PositiveIntegerField()
    #: Whose number it is; a double issue has several, its translations share them.
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, null=True, related_name="taken_numbers")
    taken_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "number"], name="number_taken_once")]

    def __str__(self) -> str:
        return f"{self.publication} {self.number}"
