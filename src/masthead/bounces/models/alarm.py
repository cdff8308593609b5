"""Something that went wrong between a receiver and us, which a person has to mend."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.delivery.models import Campaign


class Alarm(models.Model):
    """One campaign's trouble with one receiving domain, raised once. An empty `domain` stands for all of them together."""

    class Kind(models.TextChoices):
        """What rose too high."""

        REFUSED = "refused", _("refused for a reason that is ours to mend")
        COMPLAINTS = "complaints", _("too many complaints")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="alarms")
    domain = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    count = models.PositiveIntegerField()
    #: Of so many mails.
    out_of = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    #: It is so bad that the campaign was stopped for it, once: whoever lets it go on has decided.
    paused = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "kind", "domain", "reason"], name="alarm_once")]
        indexes = [models.Index(fields=["id"], name="alarm_open", condition=models.Q(settled_at=None))]

    def __str__(self) -> str:
        return f"{self.domain or 'all'}: {self.kind}, {self.count} of {self.out_of}"
