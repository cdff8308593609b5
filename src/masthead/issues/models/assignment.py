"""Which publications a member of staff works on."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from masthead.issues.models.publication import Publication


class Assignment(models.Model):
    """Limits a member of staff to some publications. Who has none works on all of them; an owner always does."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignment")
    publications = models.ManyToManyField(Publication, related_name="assignments", blank=True)

    def __str__(self) -> str:
        return f"assignment of {self.person_id}"
