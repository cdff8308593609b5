"""A mailbox that is looked into for what came back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mailbox(models.Model):
    """One folder of one IMAP account (RFC 9051), or one POP3 account (RFC 1939), and how far it was read."""

    class Protocol(models.TextChoices):
        """How the server is spoken to."""

        IMAP = "imap", "IMAP"
        POP3 = "pop3", "POP3"

    class Security(models.TextChoices):
        """How the connection is protected."""

        TLS = "tls", _("TLS from the start (usually port 993, for POP3 995)")
        STARTTLS = "starttls", _("STARTTLS (usually port 143, for POP3 110)")
        NONE = "none", _("none (only on this machine)")

    class After(models.TextChoices):
        """What becomes of a mail once it is stored."""

        SEEN = "seen", _("mark it as read (IMAP) and leave it there")
        MOVE = "move", _("move it to another folder")
        DELETE = "delete", _("delete it")

    name = models.CharField(max_length=100, unique=True)
    protocol = models.CharField(max_length=4, choices=Protocol.choices, default=Protocol.IMAP)
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    user = models.CharField(max_length=255)
    #: Sealed by `mail.passwords`.
    password_sealed = models.BinaryField()
    folder = models.CharField(max_length=255, default="INBOX")
    after = models.CharField(max_length=6, choices=After.choices, default=After.SEEN)
    move_to = models.CharField(max_length=255, blank=True)
    in_use = models.BooleanField(default=True)
    #: How far it was read: UIDs grow for ever while UIDVALIDITY stays (RFC 9051 §2.3.1.1).
    uid_validity = models.PositiveBigIntegerField(null=True)
    last_uid = models.PositiveBigIntegerField(default=0)
    #: POP3: how many mails of how many bytes it held when all of them were taken.
    listed = models.CharField(max_length=60, blank=True)
    #: Somebody waits in it for new mail (IDLE, RFC 2177) until this, unless they were lost.
    watched_until = models.DateTimeField(null=True)
    #: How many mails were stored from it, and how many it still held after the last batch.
    taken = models.PositiveBigIntegerField(default=0)
    waiting = models.PositiveBigIntegerField(default=0)
    polled_at = models.DateTimeField(null=True)
    #: Not looked into before this.
    due_at = models.DateTimeField(null=True)
    #: Somebody is at it until this, unless they were lost, and holds the lock of this file (of this boot of a machine).
    busy_until = models.DateTimeField(null=True)
    busy_on = models.CharField(max_length=80, blank=True)
    failures = models.PositiveIntegerField(default=0)
    #: What is wrong, in words; empty when nothing is.
    trouble = models.CharField(max_length=500, blank=True)
    #: The server refused user or password: it is not tried again until a person changed something.
    refused = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.name


class TakenMail(models.Model):
    """A mail of a POP3 account that was stored and may still be there."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="taken_mails")
    #: Made of its unique id: `pop3.PopSession.marks`.
    mark = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "mark"], name="taken_mail_once")]

    def __str__(self) -> str:
        return f"{self.mailbox_id}: {self.mark}"
