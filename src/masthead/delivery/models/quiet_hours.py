"""When a publication's issues do not leave."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.issues.models import Publication


class QuietHours(models.Model):
    """From `begins` to `ends` by the clock of the publication's time zone, over midnight where `ends` is the earlier one."""

    publication = models.OneToOneField(Publication, on_delete=models.CASCADE, related_name="quiet_hours")
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name_plural = "quiet hours"

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"
