"""A reader's passkey."""

from __future__ import annotations

from django.db import models

from masthead.audience.models.subscriber import Subscriber


class Passkey(models.Model):
    """One key that a reader's device holds (WebAuthn). Only its public half is here: a copy of this row opens nothing."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    #: Attested credential data (WebAuthn Level 3, §6.5.2): model of the device, id and public key.
    data = models.BinaryField()
    #: The host it belongs to; it works on no other.
    host = models.CharField(max_length=255)
    #: As the device counted when it was last used; many devices always say 0.
    sign_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subscriber}, since {self.created_at:%Y-%m-%d}"
