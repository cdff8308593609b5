"""The models of this package."""

from masthead.bounces.models.alarm import Alarm
from masthead.bounces.models.finding import Finding
from masthead.bounces.models.mailbox import Mailbox, TakenMail
from masthead.bounces.models.own_rule import OwnRule
from masthead.bounces.models.policy import Policy
from masthead.bounces.models.raw_report import RawReport
from masthead.bounces.models.reply import RepliesGoTo, Reply
from masthead.bounces.models.webhook import Webhook

__all__ = ["Alarm", "Finding", "Mailbox", "OwnRule", "Policy", "RawReport", "RepliesGoTo", "Reply", "TakenMail", "Webhook"]
