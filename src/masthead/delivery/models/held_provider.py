"""Which provider's readers wait while the rest of a campaign goes on."""

from __future__ import annotations

from django.db import models

from masthead.delivery.models.campaign import Campaign


class HeldProvider(models.Model):
    """One provider that refuses a campaign, or complains about it. Its readers stay queued until a person goes on with them."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="held_providers")
    #: As `mail.pacing.providers` names it; a domain where that stands for itself.
    provider = models.CharField(max_length=255)
    why = models.TextField()
    #: Who still waited when it was held.
    readers = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        ordering = ["since", "id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "provider"], name="held_once")]

    def __str__(self) -> str:
        return f"{self.provider}: {self.why}"
