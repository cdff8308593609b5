"""What the desk knows of receiving providers beyond the built-in table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.mail.models.limited import Limited


class Provider(Limited):
    """A provider with domains or limits of the install's own. A built-in name adds to that one; a domain stands for itself."""

    name = models.CharField(_("name"), max_length=255, unique=True)
    #: More domains whose mailboxes it keeps, separated by blanks, A-labels in lower case.
    domains = models.TextField(_("domains"), blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
