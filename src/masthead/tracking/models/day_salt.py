"""What makes a day's marks worthless on the next."""

from __future__ import annotations

from django.db import models


class DaySalt(models.Model):
    """The random key of one day (UTC). Gone with it."""

    day = models.DateField(unique=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.day}"
