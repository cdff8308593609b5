"""How often a link was followed."""

from __future__ import annotations

from django.db import models

from masthead.delivery.models import Campaign

#: The number that stands for a campaign's links together.
ANY = 0


class LinkCount(models.Model):
    """The requests for one link of a campaign on one day (UTC). Nothing here is about one reader.

    `people`: different visitors; `again`: further requests of the same on that day; `machines`: what looks like a program.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    #: As in `Edition.links`, or ANY.
    number = models.PositiveIntegerField()
    day = models.DateField()
    people = models.PositiveIntegerField(default=0)
    again = models.PositiveIntegerField(default=0)
    machines = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number", "day"], name="link_count_once")]

    def __str__(self) -> str:
        return f"link {self.number} on {self.day}: {self.people}"
