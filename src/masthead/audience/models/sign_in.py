"""A reader's way in, by mail."""

from __future__ import annotations

from django.db import models

from masthead.audience.models.subscriber import Subscriber


class SignIn(models.Model):
    """One mailed link and six-digit code, either of which signs the reader in, once. Only hashes are stored.

    Wrong codes are counted per address, not here (`audience.models.Tally`): a new request must not start the count anew.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="sign_ins")
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subscriber}, asked {self.created_at:%Y-%m-%d %H:%M}"
