"""The models of this package."""

from masthead.mail.models.inbox_message import InboxMessage
from masthead.mail.models.single_mail import SingleMail
from masthead.mail.models.suppression import Suppression
from masthead.mail.models.transport import Transport

__all__ = ["InboxMessage", "SingleMail", "Suppression", "Transport"]
