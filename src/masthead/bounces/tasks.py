"""What runs in the background."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from masthead.bounces import acting, alarming, findings, keeping
from masthead.bounces.mailboxes import polling
from masthead.bounces.mailboxes.imap import MailboxError
from masthead.bounces.models import Mailbox
from masthead.bounces.replies import passing_on
from masthead.bounces.webhooks import reading as webhooks
from masthead.common.stopping import STOP
from masthead.delivery.models import Campaign

#: Refusals of campaigns that ended longer ago than this were all collected.
_LATELY = timedelta(days=2)
#: Of a flood so much at a time, a few seconds of work: the other sweeps wait behind this one.
_ROUNDS = 4
#: Out of one mailbox so many at a time, for the same reason.
_MAILS = 2000
#: Another look may be under way: so often it is waited for, so many seconds each.
_TRIES, _PAUSE_SECONDS = 5, 2.0
log = logging.getLogger(__name__)


@task(queue_name="maint")
def sweep() -> None:
    """Read what waits, collect what the relay refused, judge both, and raise the alarm where it is due."""
    _sweep()


def _sweep() -> None:
    now = timezone.now()
    for _round in range(_ROUNDS):
        if not findings.read_waiting():
            break
    webhooks.read_waiting()
    for campaign in Campaign.objects.filter(started_at__isnull=False).exclude(finished_at__lt=now - _LATELY):
        findings.collect_refusals(campaign=campaign, now=now)
    acting.judge_pending(now=now)
    alarming.sweep(now=now)
    passing_on.pass_on_waiting(now=now)


@task(queue_name="maint")
def poll_mailboxes() -> None:
    """Look into the mailboxes, so many mails of each at a time; what is wrong with one stands on the desk."""
    for mailbox in polling.due(now=timezone.now()):
        try:
            polling.poll(mailbox=mailbox, clock=timezone.now, most=_MAILS)
        except (polling.Busy, MailboxError) as error:
            log.warning("mailbox %s: %s", mailbox.name, error)


@task(queue_name="maint")
def look_into(mailbox_id: int) -> None:
    """The server says that something new came: take it out and see what follows, now."""
    mailbox = Mailbox.objects.filter(pk=mailbox_id, in_use=True, refused=False).first()
    for _try in range(_TRIES):
        if mailbox is None or STOP.is_set():
            return
        try:
            polling.poll(mailbox=mailbox, clock=timezone.now, most=_MAILS)
            break
        except polling.Busy:
            # Whoever is at it may have looked just before this one came.
            STOP.wait(_PAUSE_SECONDS)
        except MailboxError as error:
            log.warning("mailbox %s: %s", mailbox.name, error)
            return
    _sweep()


@task(queue_name="maint")
def housekeeping() -> None:
    """Forget what is past its time."""
    keeping.forget(now=timezone.now())
