"""How somebody at the desk likes a screen."""

from __future__ import annotations

from django.db import models

from masthead.team.models.user import User


class ScreenChoice(models.Model):
    """One choice of one person, such as the columns of a table: it changes what they see and nothing else."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="screen_choices")
    #: "readers.columns": the screen and what was chosen.
    name = models.CharField(max_length=60)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="screen_choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.name}"
