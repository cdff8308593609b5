"""The columns of whatever has limits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.mail.pacing.limits import Limits


class Limited(models.Model):
    """At most so many mails in each span; null: no limit."""

    per_second = models.PositiveIntegerField(_("mails per second"), null=True, blank=True)
    per_minute = models.PositiveIntegerField(_("mails per minute"), null=True, blank=True)
    per_hour = models.PositiveIntegerField(_("mails per hour"), null=True, blank=True)
    per_day = models.PositiveIntegerField(_("mails per day"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def limits(self) -> Limits:
        """They as a value."""
        return Limits(self.per_second, self.per_minute, self.per_hour, self.per_day)
