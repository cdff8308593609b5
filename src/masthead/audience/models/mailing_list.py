"""One list."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class OpenLists(models.Manager["MailingList"]):
    """Lists that were not deleted."""

    def get_queryset(self) -> models.QuerySet[MailingList]:
        """Without those that were deleted."""
        return super().get_queryset().filter(deleted_at=None)


class MailingList(models.Model):
    """What a reader subscribes to.

    A list that was deleted after somebody had been on it stays as a row without readers, so that the consent of past readers and
    the report of each sending go on naming it. It is in no choice, and in `every` alone.
    """

    class OptIn(models.TextChoices):
        """What it takes to join by the public form."""

        DOUBLE = "double", _("a confirmation by mail")
        SINGLE = "single", _("the form alone")

    name = models.CharField(_("name"), max_length=150, unique=True)
    #: The left part of the List-Id header: it never changes.
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    description = models.TextField(_("description"), blank=True)
    is_public = models.BooleanField(_("offered to everyone"), default=True)
    opt_in = models.CharField(_("joining needs"), max_length=10, choices=OptIn.choices, default=OptIn.DOUBLE)
    #: Whether who has just joined is mailed a welcome. Without a confirmation they always are: others may have typed the address.
    sends_welcome = models.BooleanField(_("sends a welcome"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager[MailingList]] = OpenLists()
    every: ClassVar[models.Manager[MailingList]] = models.Manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
