"""What an address answered the last time it was asked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkCheck(models.Model):
    """One address that an issue links to. Kept so that nobody's server is asked for each draft anew."""

    class Verdict(models.TextChoices):
        """UNCLEAR is never shown as good or bad: many sites refuse machines."""

        FINE = "fine", _("answers")
        GONE = "gone", _("the page is gone")
        NO_SITE = "no_site", _("there is no such site")
        BAD_TLS = "bad_tls", _("the site has no valid certificate")
        UNCLEAR = "unclear", _("could not tell")

    #: SHA-256 of the address: addresses are longer than an index takes.
    key = models.CharField(max_length=64, unique=True)
    url = models.TextField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    #: The status or the sentence behind the verdict.
    detail = models.CharField(max_length=200, blank=True)
    checked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.url[:80]}: {self.verdict}"
