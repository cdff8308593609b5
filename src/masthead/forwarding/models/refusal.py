"""An address that wants nothing forwarded."""

from __future__ import annotations

from django.db import models


class Refusal(models.Model):
    """The keyed hash of an address whose owner said so. It says nothing about a subscription of theirs."""

    friend = models.BinaryField(max_length=16, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"refused on {self.at:%Y-%m-%d}"
