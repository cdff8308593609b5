"""A mail of a list in its own words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models.mailing_list import MailingList


class ListMail(models.Model):
    """What one mail of a list says in one language, where it does not say it in Masthead's own words."""

    class Kind(models.TextChoices):
        """Which of the mails."""

        CONFIRMATION = "confirmation", _("Confirmation")
        WELCOME = "welcome", _("Welcome")
        GOODBYE = "goodbye", _("Goodbye")
        STAY = "stay", _("Do you want to stay?")

    list = models.ForeignKey(MailingList, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    language = models.CharField(max_length=35)
    subject = models.CharField(max_length=200)
    #: In the markup of `audience.mail_markup`.
    body = models.TextField()
    by = models.CharField(max_length=100)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "kind", "language"], name="list_mail_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.list} in {self.language}"
