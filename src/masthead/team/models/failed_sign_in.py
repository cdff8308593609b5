"""A sign-in that failed."""

from __future__ import annotations

from django.db import models

from masthead.team.models.user import User


class FailedSignIn(models.Model):
    """One wrong password or code for one account, counted in the database so that all processes count together."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="failed_sign_ins")
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user} at {self.at:%Y-%m-%d %H:%M}"
