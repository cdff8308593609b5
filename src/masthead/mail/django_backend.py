"""Django's own mails (sign-in notices, reviews) go into the queue of single mails."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from masthead.mail import single
from masthead.mail.encoding.slots import BadMail
from masthead.mail.sender import Sender


class QueueBackend(BaseEmailBackend):
    """Queues what Django wants to send, one mail for each recipient. Attachments are not supported."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue every message; returns how many. Raises BadMail, BadAddress."""
        for message in email_messages:
            _queue(message)
        return len(email_messages)


def _queue(message: EmailMessage) -> None:
    if message.attachments:
        raise BadMail("A mail to staff cannot have attachments.")
    name, address = parseaddr(str(message.from_email))
    reply_to = parseaddr(str(message.reply_to[0]))[1] if message.reply_to else ""
    html = next((str(body) for body, kind in getattr(message, "alternatives", ()) if kind == "text/html"), None)
    for recipient in message.recipients():
        single.queue(
            kind="notice",
            to=parseaddr(str(recipient))[1],
            subject=str(message.subject),
            text=str(message.body),
            html=html,
            sender=Sender(name=name, address=address, reply_to=reply_to),
            now=timezone.now(),
        )
