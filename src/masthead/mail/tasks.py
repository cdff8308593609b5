"""The tasks of this package: hints that something in a table may be due."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from masthead.common.stopping import STOP
from masthead.mail import single


@task(queue_name="mail")
def send_single(mail_id: int) -> None:
    """Send the single mail that was just written."""
    single.send(mail_id=mail_id, now=timezone.now())


@task(queue_name="mail")
def sweep() -> None:
    """Send the single mails whose time has come again, and forget the settled ones after a while."""
    single.send_due(clock=timezone.now, stopping=STOP.is_set)
    single.purge(now=timezone.now())
