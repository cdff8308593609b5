"""How often something was done for an address."""

from __future__ import annotations

from django.db import models


class Tally(models.Model):
    """Counts per address, known by its keyed fingerprint alone: kept for readers and strangers alike, so that neither shows."""

    class Kind(models.TextChoices):
        """What is counted."""

        CONFIRMATION = "confirmation"
        SIGN_IN = "sign_in"
        WRONG_CODE = "wrong_code"

    fingerprint = models.BinaryField(max_length=16)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fingerprint", "kind"], name="tally_once")]
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.kind}: {self.count}"
