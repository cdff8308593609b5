"""A form for signing up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models.attribute import Attribute
from masthead.audience.models.mailing_list import MailingList


class SignUpForm(models.Model):
    """What one form asks and says. It stands on a page of ours and, as plain HTML, on pages of others."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    #: In its address, /subscribe/{slug}/: it never changes, since pages of others post to it.
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    lists = models.ManyToManyField(MailingList, related_name="sign_up_forms", verbose_name=_("lists"))
    questions = models.ManyToManyField(Attribute, blank=True, related_name="sign_up_forms", verbose_name=_("questions"))
    asks_name = models.BooleanField(_("asks for the name"), default=True)
    asks_choices = models.BooleanField(_("asks for format and language"), default=False)
    #: {"fr": {"heading": …, "intro": …, "button": …, "thanks": …}}; what is missing is said in our own words.
    texts = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def texts_in(self, language: str) -> dict[str, str]:
        """What the form says to readers of `language`: "pt-BR" takes the words of "pt"."""
        texts: dict[str, dict[str, str]] = self.texts
        return texts.get(language) or texts.get(language.partition("-")[0]) or {}
