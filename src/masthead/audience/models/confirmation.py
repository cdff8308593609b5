"""A confirmation that is waited for."""

from __future__ import annotations

from django.db import models

from masthead.audience.models.mailing_list import MailingList
from masthead.audience.models.subscriber import Subscriber


class Confirmation(models.Model):
    """One mailed link that confirms subscriptions, once. Only the SHA-256 of its token is stored."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="confirmations")
    lists = models.ManyToManyField(MailingList, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    #: Consent to tracking that holds once it is confirmed, as `tracking_consent.Agreed.as_json`; {}: none was given.
    tracking = models.JSONField(default=dict)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subscriber}, asked {self.created_at:%Y-%m-%d}"
