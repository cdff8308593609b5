"""Who wrote, translated or photographed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from masthead.issues.models.issue import Issue


class Contributor(models.Model):  # type: ignore[django-manager-missing] # of a clusterable model's relation
    """A person (or a collective) that signs pieces."""

    name = models.CharField(_("name as printed"), max_length=150, unique=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    url = models.URLField(_("own page"), blank=True)
    #: @name@host
    fediverse = models.CharField(_("fediverse handle"), max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Byline(Orderable):
    """One contributor's part in one issue."""

    class Role(models.TextChoices):
        """What the contributor did."""

        BY = "by", _("by")
        TRANSLATION = "translation", _("translated by")
        PHOTOS = "photos", _("photos by")

    issue = ParentalKey(Issue, on_delete=models.CASCADE, related_name="bylines")
    contributor = models.ForeignKey(Contributor, on_delete=models.PROTECT, related_name="bylines")
    role = models.CharField(_("part"), max_length=12, choices=Role.choices, default=Role.BY)

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.contributor}"
