"""What the archive's search reads."""

from __future__ import annotations

from django.db import models

from masthead.issues.models.edition import Edition


class SearchedText(models.Model):
    """The folded words of one edition, beside it: an edition itself never changes, the way words are folded may."""

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, primary_key=True, related_name="searched")
    #: See `masthead.issues.folding`.
    folded = models.TextField()

    def __str__(self) -> str:
        return f"{self.edition_id}"
