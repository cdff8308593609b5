"""The numbers of the suppression policy that a person may change."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Policy(models.Model):
    """One row, or none: then the defaults hold."""

    #: Dead addresses told by words alone need so many bounces …
    repeats = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(2), MaxValueValidator(10)], verbose_name=_("bounces needed without a sure code")
    )
    #: … of different campaigns, so many hours apart.
    repeat_hours = models.PositiveSmallIntegerField(
        default=24, validators=[MinValueValidator(1), MaxValueValidator(720)], verbose_name=_("hours between them")
    )
    #: The mass guard: a campaign that would suppress more than this share …
    guard_percent = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(100)], verbose_name=_("most percent of one campaign")
    )
    #: … and at least so many readers, suppresses nobody until a person decides.
    guard_least = models.PositiveSmallIntegerField(
        default=50, validators=[MinValueValidator(1)], verbose_name=_("but at least so many readers")
    )
    changed_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"{self.repeats} × {self.repeat_hours} h, {self.guard_percent} %"
