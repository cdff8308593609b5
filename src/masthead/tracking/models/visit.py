"""That somebody was counted today."""

from __future__ import annotations

from django.db import models


class Visit(models.Model):
    """A keyed hash of where a request came from, so that the second one of the day is not counted as another person."""

    day = models.DateField(db_index=True)
    #: 16 bytes of BLAKE2b over campaign, link, address and browser, under the day's salt.
    mark = models.BinaryField(max_length=16, unique=True)

    def __str__(self) -> str:
        return f"{self.day}"
