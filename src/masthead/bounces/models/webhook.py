"""An address of ours that a mail provider posts its events to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Webhook(models.Model):
    """One of them, with what its posts are checked by. The address itself is sealed from `number`: it is not in the database."""

    class Provider(models.TextChoices):
        """Whose events they are: keys of `bounces.webhooks.providers.PROVIDERS`."""

        SES = "ses", "Amazon SES"
        BREVO = "brevo", "Brevo"
        MAILERSEND = "mailersend", "MailerSend"
        MAILGUN = "mailgun", "Mailgun"
        MAILJET = "mailjet", "Mailjet"
        MAILTRAP = "mailtrap", "Mailtrap"
        MANDRILL = "mandrill", "Mandrill"
        POSTAL = "postal", "Postal"
        POSTMARK = "postmark", "Postmark"
        RESEND = "resend", "Resend"
        SENDGRID = "sendgrid", "SendGrid"
        SPARKPOST = "sparkpost", "SparkPost"
        UNISENDER = "unisender", "Unisender Go"

    name = models.CharField(max_length=100, unique=True)
    provider = models.CharField(max_length=12, choices=Provider.choices)
    #: Random, sealed for the purpose `WEBHOOK` into the path; another number makes the old address unknown.
    number = models.PositiveBigIntegerField(unique=True)
    #: What signs the posts (a key, a password, for SES the topic), sealed by `mail.passwords`.
    secret_sealed = models.BinaryField()
    in_use = models.BooleanField(default=True)
    #: Posts whose signature held, and when the last one came.
    posts = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    #: Posts whose signature did not hold: nothing of them is kept but this.
    refused = models.PositiveBigIntegerField(default=0)
    refused_at = models.DateTimeField(null=True)
    #: What is wrong or waits for a person, in words; empty when nothing is.
    trouble = models.CharField(_("trouble"), max_length=500, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
