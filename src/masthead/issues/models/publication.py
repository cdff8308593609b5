"""One bulletin."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.audience.models import MailingList

#: Places for a publication's own words, and how long they may be.
TEXTS: dict[str, int] = {"footer": 600, "sign_up": 300, "welcome": 600}


class Publication(models.Model):  # type: ignore[django-manager-missing] # of a clusterable model's relation
    """A serial with a name, a look, a sender and a row of numbers."""

    class MailMode(models.TextChoices):
        """How much of an issue a mail holds unless the issue or the reader says otherwise."""

        FULL = "full", _("the full issue")
        EXCERPT = "excerpt", _("an excerpt with “Continue reading”")

    class Measuring(models.TextChoices):
        """What is counted of its mails."""

        NOTHING = "nothing", _("nothing: links lead straight to their targets")
        LINKS = "links", _("how often each link is followed, never by whom")
        READERS = "readers", _("the same, and what readers who agreed to it open and follow")

    name = models.CharField(_("name"), max_length=150)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    tagline = models.CharField(_("tagline"), max_length=250, blank=True)
    #: A line of the masthead below the tagline: the publisher, a place, "Founded 1985".
    masthead_line = models.CharField(_("line under the tagline"), max_length=250, blank=True)
    issn = models.CharField(_("ISSN"), max_length=9, blank=True)
    language = models.CharField(_("language"), max_length=35, default="en")
    direction = models.CharField(
        _("direction"),
        max_length=3,
        blank=True,
        choices=[("", _("as the language is written")), ("ltr", _("left to right")), ("rtl", _("right to left"))],
    )
    time_zone = models.CharField(_("time zone"), max_length=63, default="UTC")
    next_number = models.PositiveIntegerField(_("next number"), default=1)
    mail_mode = models.CharField(_("mails hold"), max_length=10, choices=MailMode.choices, default=MailMode.FULL)

    #: Said to readers where they sign up; see `masthead.tracking`.
    measuring = models.CharField(_("counted"), max_length=10, choices=Measuring.choices, default=Measuring.NOTHING)

    from_name = models.CharField(_("sender name"), max_length=150, blank=True)
    from_address = models.CharField(_("sender address"), max_length=320)
    reply_to = models.CharField(_("answers go to"), max_length=320, blank=True)
    #: Postal address and legal name at the foot of every mail.
    imprint = models.TextField(_("imprint and postal address"), blank=True)
    #: Without a slash at its end; empty: MASTHEAD_BASE_URL.
    base_url = models.CharField(_("public address"), max_length=250, blank=True)
    #: Where it was reached before, so that the links of mails that name it go on working.
    former_urls = models.JSONField(default=list, blank=True, editable=False)
    #: Host and year in the ids of the feeds (RFC 4151): fixed when the publication is made.
    tag_authority = models.CharField(max_length=270, editable=False)

    accent = models.CharField(_("colour"), max_length=7, default="#1d4e89")
    #: "" is made from the colour.
    night_accent = models.CharField(_("colour by night"), max_length=7, blank=True)
    #: A key of `rendering.faces.FACES`.
    typeface = models.CharField(_("typeface"), max_length=20, default="georgia")
    logo = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    #: [{"network": "facebook", "url": "https://www.facebook.com/…"}], in the order shown.
    follow = models.JSONField(_("accounts to follow"), default=list, blank=True)
    #: Names from `common.sharing.CHANNELS`, in the order shown.
    share_mail = models.JSONField(_("share row in mails"), default=list, blank=True)
    share_web = models.JSONField(_("share row on pages"), default=list, blank=True)

    #: {"fr": {"footer": "…"}}: own words by language and place, see `TEXTS`.
    texts = models.JSONField(_("own words"), default=dict, blank=True)

    #: Ids of `findings.base.LOWERABLE` that only warn here.
    lenient = models.JSONField(_("checks that only warn"), default=list, blank=True)

    lists = models.ManyToManyField(MailingList, blank=True, related_name="publications", verbose_name=_("lists"))
    #: False is test mode: mail goes to the built-in inbox marked [TEST], no number is taken, nothing becomes public.
    is_live = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def text(self, place: str, language: str) -> str:
        """Own words for `place`, a key of TEXTS, in `language`, else in the publication's own language; "" for none."""
        for tag in (language, language.partition("-")[0], self.language):
            found = self.texts.get(tag, {}).get(place, "")
            if found:
                return str(found)
        return ""

    @property
    def counts_links(self) -> bool:
        """Whether links of its mails lead by way of us at this moment, and are counted."""
        return self.measuring != self.Measuring.NOTHING

    @property
    def tracks_readers(self) -> bool:
        """Whether it is kept, at this moment, what readers who agreed open and follow."""
        return self.measuring == self.Measuring.READERS

    @property
    def public_address(self) -> str:
        """Where readers reach it, without a slash at its end."""
        return (self.base_url or settings.BASE_URL).rstrip("/")
