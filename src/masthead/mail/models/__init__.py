"""The models of this package."""

from masthead.mail.models.inbox_message import InboxMessage
from masthead.mail.models.pacing import Connections, Slots, Slowdown, Spent
from masthead.mail.models.provider import Provider
from masthead.mail.models.single_mail import SingleMail
from masthead.mail.models.suppression import Suppression
from masthead.mail.models.transport import Transport

__all__ = ["Connections", "InboxMessage", "Provider", "SingleMail", "Slots", "Slowdown", "Spent", "Suppression", "Transport"]
