"""What each mail provider is called, how its posts prove themselves, and which of django-anymail's parsers reads them.

Our own: only the proof, because anymail takes its secrets from settings and ours stand in the database, sealed, one for each
webhook. The parsers, which is where providers differ and change, are anymail's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from masthead.bounces.webhooks import proofs, sns
from masthead.bounces.webhooks.proofs import Post


@dataclass(frozen=True, slots=True)
class Provider:
    """`proof(post, secret)` raises `proofs.Unproven`; `parser` is a class in `anymail.webhooks`."""

    label: str
    proof: Callable[[Post, str], None]
    parser: str
    #: What a person has to type: its name, and where it is found. Without one a password of our own making is in the address.
    secret: str | Promise = ""
    where: str | Promise = ""
    #: Which of the provider's events are of use.
    events: str | Promise = ""

    @property
    def makes_own_secret(self) -> bool:
        """Whether the provider signs nothing, so that the address carries a user and a password."""
        return not self.secret


PROVIDERS: Final[dict[str, Provider]] = {
    "ses": Provider(
        "Amazon SES",
        sns.prove,
        "amazon_ses.AmazonSESTrackingWebhookView",
        secret=_("Topic ARN"),
        where=_(
            "Amazon SNS, Topics: arn:aws:sns:…. Subscribe the address to it by HTTPS, without raw delivery, and let the "
            "configuration set of SES publish to it."
        ),
        events=_("Bounce, Complaint, Delivery, Reject, Delivery delay"),
    ),
    "brevo": Provider(
        "Brevo",
        proofs.by_password,
        "brevo.BrevoTrackingWebhookView",
        events=_("Hard bounce, Soft bounce, Blocked, Spam, Invalid email, Deferred, Unsubscribed"),
    ),
    "mailersend": Provider(
        "MailerSend",
        proofs.by_hmac_of_body("Signature"),
        "mailersend.MailerSendTrackingWebhookView",
        secret=_("Signing secret"),
        where=_("Domains, Manage, Webhooks, once the webhook is made."),
        events="activity.hard_bounced, activity.soft_bounced, activity.spam_complaint, activity.unsubscribed",
    ),
    "mailgun": Provider(
        "Mailgun",
        proofs.by_mailgun,
        "mailgun.MailgunTrackingWebhookView",
        secret=_("HTTP webhook signing key"),
        where=_("Settings, API Security."),
        events=_("Permanent failure, Temporary failure, Spam complaints, Unsubscribes"),
    ),
    "mailjet": Provider(
        "Mailjet",
        proofs.by_password,
        "mailjet.MailjetTrackingWebhookView",
        events=_("Bounce, Spam, Blocked, Unsub"),
    ),
    "mailtrap": Provider(
        "Mailtrap",
        proofs.by_hmac_of_body("Mailtrap-Signature"),
        "mailtrap.MailtrapTrackingWebhookView",
        secret=_("Signature key"),
        where=_("Settings, Webhooks, once the webhook is made."),
        events=_("Bounce, Soft bounce, Spam, Suspension, Reject, Unsubscribe"),
    ),
    "mandrill": Provider(
        "Mandrill",
        proofs.by_mandrill,
        "mandrill.MandrillCombinedWebhookView",
        secret=_("Webhook key"),
        where=_("Settings, Webhooks, once the webhook is made."),
        events=_("Message is bounced, soft-bounced, marked as spam, rejected; recipient unsubscribes"),
    ),
    "postal": Provider(
        "Postal",
        proofs.by_rsa_of_body,
        "postal.PostalTrackingWebhookView",
        secret=_("Public key"),
        where=_("The p= value that “postal default-dkim-record” prints."),
        events="MessageBounced, MessageDeliveryFailed, MessageDelayed",
    ),
    "postmark": Provider(
        "Postmark",
        proofs.by_password,
        "postmark.PostmarkTrackingWebhookView",
        events=_("Bounce, Spam complaint, Subscription change, Delivery"),
    ),
    "resend": Provider(
        "Resend",
        proofs.by_svix,
        "resend.ResendTrackingWebhookView",
        secret=_("Signing secret"),
        where=_("Webhooks, once the webhook is made. It begins with whsec_."),
        events="email.bounced, email.complained, email.delivery_delayed",
    ),
    "sendgrid": Provider(
        "SendGrid",
        proofs.by_sendgrid,
        "sendgrid.SendGridTrackingWebhookView",
        secret=_("Verification key"),
        where=_("Settings, Mail Settings, Event Webhooks, with the signature turned on."),
        events=_("Bounced, Dropped, Deferred, Spam reports, Unsubscribed"),
    ),
    "sparkpost": Provider(
        "SparkPost",
        proofs.by_password,
        "sparkpost.SparkPostTrackingWebhookView",
        events=_("Bounce, Out of band, Policy rejection, Delay, Spam complaint, Unsubscribes"),
    ),
    "unisender": Provider(
        "Unisender Go",
        proofs.by_unisender,
        "unisender_go.UnisenderGoTrackingWebhookView",
        secret=_("API key"),
        where=_("Account settings."),
        events="hard_bounced, soft_bounced, spam, unsubscribed",
    ),
}
