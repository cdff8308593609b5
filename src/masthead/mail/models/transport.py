"""How mail leaves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Transport(models.Model):
    """One way out, as the desk configures it. MASTHEAD_SMTP_URL, when set, stands in front of all of them."""

    class Kind(models.TextChoices):
        """What it speaks to."""

        INBOX = "inbox", _("Built-in inbox")
        SMTP = "smtp", _("SMTP server")

    class Security(models.TextChoices):
        """How the connection is protected."""

        STARTTLS = "starttls", _("STARTTLS, required")
        TLS = "tls", _("TLS from the start (port 465)")
        OPPORTUNISTIC = "opportunistic", _("STARTTLS where the server offers it")
        NONE = "none", _("none (only for this machine)")

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    host = models.CharField(_("host"), max_length=255, blank=True)
    port = models.PositiveIntegerField(_("port"), default=587)
    security = models.CharField(_("security"), max_length=15, choices=Security.choices, default=Security.STARTTLS)
    user = models.CharField(_("user"), max_length=255, blank=True)
    #: Encrypted under the token key: a stolen database does not hold the relay's password.
    password_sealed = models.BinaryField(blank=True, default=b"")
    connections = models.PositiveSmallIntegerField(_("connections at the same time"), default=10)
    messages_per_connection = models.PositiveIntegerField(_("mails per connection"), default=1000)
    is_default = models.BooleanField(_("mail leaves by this one"), default=False)

    def __str__(self) -> str:
        return self.name
