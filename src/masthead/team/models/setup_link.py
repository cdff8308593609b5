"""The one-time link of the first run, and of invitations."""

from __future__ import annotations

from django.db import models

from masthead.team.models.user import Role


class SetupLink(models.Model):
    """Lets one person become staff, once, until it expires. The token itself is not stored, only its SHA-256."""

    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    email = models.EmailField(blank=True, max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.role}, until {self.expires_at:%Y-%m-%d %H:%M}"
