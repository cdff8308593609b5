"""A rule of the staff about what follows from a finding."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OwnRule(models.Model):
    """Conditions and a verdict; `bounces.rules.Own` says how they are read. It never changes, since findings name it.

    Removing one keeps it, so that it can be put back and old findings still say why.
    """

    class Verdict(models.TextChoices):
        """What follows; values of `Finding.Outcome`."""

        NOTED = "noted", _("note it, nothing follows")
        COUNTED = "counted", _("count it")
        ALARM = "alarm", _("our fault or a policy: raise the alarm")
        SUPPRESSED = "suppressed", _("the address is dead: suppress it")

    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    status_class = models.CharField(max_length=1, blank=True)
    code = models.CharField(max_length=12, blank=True)
    phrase = models.CharField(max_length=200, blank=True)
    #: A receiving domain, or the name of a provider of the table of `mail.pacing.providers`.
    domain = models.CharField(max_length=255, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    why = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"own:{self.pk}"
