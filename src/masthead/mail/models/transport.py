"""How mail leaves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from masthead.mail.models.limited import Limited
from masthead.mail.pacing.warmup import Plan


class Transport(Limited):
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
    #: Of each worker process.
    connections = models.PositiveSmallIntegerField(_("connections at the same time"), default=10)
    #: Of all worker processes together; null: each has `connections`.
    connections_in_all = models.PositiveSmallIntegerField(_("connections of all workers together"), null=True, blank=True)
    messages_per_connection = models.PositiveIntegerField(_("mails per connection"), default=1000)
    #: Several may be: then a campaign leaves by all of them at once, by their weights.
    in_use = models.BooleanField(_("mail leaves by this one"), default=False)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    #: Only mail from addresses of these domains goes this way, separated by blanks; empty: any mail.
    sender_domains = models.TextField(_("only for senders of these domains"), blank=True)
    #: Warm-up: mails on the first day (null: no plan), percent more each day, and the daily number at which it is over.
    warmup_first = models.PositiveIntegerField(_("mails on the first day"), null=True, blank=True)
    warmup_growth = models.PositiveSmallIntegerField(_("percent more each day"), default=50)
    warmup_full = models.PositiveIntegerField(_("over at this many a day"), default=50000)
    #: How far the plan has come, and the day (UTC) for which that was last decided.
    warmup_level = models.PositiveSmallIntegerField(default=0)
    warmup_day = models.DateField(null=True)
    #: Out of reach, or it refuses us: since its last mail was taken it rests until then, for so many seconds, and why.
    rests_until = models.DateTimeField(null=True)
    rested = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def plan(self) -> Plan | None:
        """The warm-up plan, also when it is over."""
        if self.warmup_first is None:
            return None
        return Plan(self.warmup_first, self.warmup_growth, self.warmup_full)

    def takes_from(self, sender_domain: str) -> bool:
        """Whether mail with a From address at `sender_domain` (A-label, lower case) may go this way."""
        return not self.sender_domains or sender_domain in self.sender_domains.split()
