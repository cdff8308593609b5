"""A new address that waits to be confirmed."""

from __future__ import annotations

from django.db import models

from masthead.audience.models.subscriber import Subscriber


class AddressChange(models.Model):
    """One mailed link that moves a reader to a new address, once. Only the SHA-256 of its token is stored."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="address_changes")
    address = models.CharField(max_length=320)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subscriber}, asked {self.created_at:%Y-%m-%d}"
