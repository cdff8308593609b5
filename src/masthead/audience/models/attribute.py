"""What may be known of readers beyond address, name and language."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attribute(models.Model):
    """The definition of one attribute; the values stand in `Subscriber.attributes` under `key`, typed as `kind` says."""

    class Kind(models.TextChoices):
        """What a value is. In JSON: a string, a number, "2026-12-01", true or false, a string, a list, "FR", "pt-BR"."""

        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        BOOLEAN = "boolean", _("yes or no")
        CHOICE = "choice", _("one of several choices")
        CHOICES = "choices", _("several of several choices")
        COUNTRY = "country", _("country")
        LANGUAGE = "language", _("language")

    #: The name of the merge field: {{ city }}. It never changes, nor does the kind: texts and segments rely on them.
    key = models.CharField(_("merge field"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    label = models.CharField(_("label"), max_length=150)
    #: What readers see instead of the label, by language: {"fr": "Ville"}.
    labels = models.JSONField(default=dict)
    #: Of CHOICE and CHOICES: ["Morning", "Evening"].
    choices = models.JSONField(default=list)
    required = models.BooleanField(_("must be answered"), default=False)
    #: What stands in the form before anybody has typed, in the words of a form.
    default = models.CharField(_("filled in with"), max_length=500, blank=True)
    at_sign_up = models.BooleanField(_("asked when signing up"), default=False)
    editable = models.BooleanField(_("readers can change it on their own page"), default=False)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label

    def label_in(self, language: str) -> str:
        """The label as readers of `language` see it: "pt-BR" takes that of "pt" if it has none of its own."""
        labels: dict[str, str] = self.labels
        return labels.get(language) or labels.get(language.partition("-")[0]) or self.label
