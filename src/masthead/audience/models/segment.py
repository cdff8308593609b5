"""A question about readers, kept under a name."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Segment(models.Model):
    """Who fits a rule at the moment somebody asks. Nobody is kept in it: it has no members of its own."""

    name = models.CharField(_("name"), max_length=100)
    #: The name case folded: what commands find it by.
    key = models.CharField(max_length=200, unique=True)
    description = models.TextField(_("description"), blank=True)
    #: The grammar is that of `audience.segments.tree`.
    rule = models.JSONField()
    by = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name
