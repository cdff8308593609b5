"""Words that staff put on readers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models.subscriber import Subscriber


class Tag(models.Model):
    """One word or a few, such as "press"."""

    name = models.CharField(_("name"), max_length=60)
    #: The name case folded: "Press" and "press" are one tag.
    key = models.CharField(max_length=120, unique=True)
    readers = models.ManyToManyField(Subscriber, through="Tagging", related_name="tags")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """One tag on one reader. A table, not a list in the reader's row: both ways are answered from an index."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="taggings", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "tag"], name="tagging_once")]
        indexes = [models.Index(fields=["tag", "subscriber"], name="tagging_by_tag")]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.tag}"
