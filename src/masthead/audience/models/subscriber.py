"""One reader."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subscriber(models.Model):
    """A person (or a mailbox) that receives, received or asked for a bulletin; unique by normalised address."""

    class Format(models.TextChoices):
        """What the mail is made of."""

        HTML = "html", _("pictures and layout")
        TEXT = "text", _("text only")

    class Mode(models.TextChoices):
        """How much of an issue the mail holds."""

        PUBLICATION = "", _("as the publication decides")
        FULL = "full", _("the full issue")
        EXCERPT = "excerpt", _("an excerpt with a link")

    #: As typed, domain as U-label; what mail is sent to.
    address = models.CharField(_("address"), max_length=320)
    #: `common.addresses.key(address)`: case folded, so that one mailbox is one reader.
    address_key = models.CharField(max_length=320, unique=True)
    domain = models.CharField(max_length=255)
    #: `mail.fingerprints.fingerprint(address_key)`, joined with Suppression in SQL; unique since the key is.
    fingerprint = models.BinaryField(max_length=16)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    mail_format = models.CharField(_("format"), max_length=5, choices=Format.choices, default=Format.HTML)
    mail_mode = models.CharField(_("length"), max_length=10, choices=Mode.choices, default=Mode.PUBLICATION, blank=True)
    #: Merge fields beyond the columns above: {"city": "Lyon"}.
    attributes = models.JSONField(default=dict)
    source = models.CharField(_("came by"), max_length=100, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField()
    #: The reader this one is the same person as (`audience.merging`). It stays as the memory of its address: its subscriptions
    #: are left, links in its old mails lead to the other.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged", db_index=False
    )

    class Meta:
        indexes = [
            # A large import does without these two and makes them anew: see `audience.imports.indexes`.
            models.Index(fields=["fingerprint"], name="subscriber_fingerprint"),
            models.Index(fields=["domain"], name="subscriber_domain"),
            # Few are merged: an import of a million pays nothing for this index.
            models.Index(fields=["merged_into"], name="subscriber_merged", condition=models.Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def person(self) -> Subscriber:
        """The reader whose choices hold: the one it was merged into, or itself."""
        return self.merged_into or self
