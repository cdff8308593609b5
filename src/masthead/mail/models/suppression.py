"""Addresses and domains that get no mail, whatever lists they are on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Suppression(models.Model):
    """One address, known by its keyed fingerprint (so it survives the reader's erasure), or one whole domain."""

    class Reason(models.TextChoices):
        """Why it is suppressed."""

        BOUNCED = "bounced", _("the address is dead")
        COMPLAINED = "complained", _("complained about the mail")
        STAFF = "staff", _("blocked by staff")
        ERASED = "erased", _("asked to be erased")

    fingerprint = models.BinaryField(max_length=16, null=True, unique=True)
    #: In clear as long as somebody may want to read it; empty after erasure.
    address = models.CharField(max_length=320, blank=True)
    domain = models.CharField(max_length=255, null=True, unique=True)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fingerprint__isnull=False) ^ models.Q(domain__isnull=False),
                name="suppression_address_or_domain",
            )
        ]

    def __str__(self) -> str:
        return f"{self.domain or self.address or 'an erased address'}: {self.get_reason_display()}"
