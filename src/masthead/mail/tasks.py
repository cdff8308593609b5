"""The tasks of this package: hints that something in a table may be due."""

from __future__ import annotations

from datetime import UTC

from django.utils import timezone
from django_tasks import task

from masthead.common.stopping import STOP
from masthead.mail import allowances, single


@task(queue_name="mail")
def send_single(mail_id: int) -> None:
    """Send the single mail that was just written."""
    single.send(mail_id=mail_id, now=timezone.now())


@task(queue_name="mail")
def sweep() -> None:
    """Send the single mails whose time has come again, forget the settled ones after a while; once a day, warm up further."""
    single.send_due(clock=timezone.now, stopping=STOP.is_set)
    now = timezone.now()
    single.purge(now=now)
    allowances.advance_warm_ups(today=now.astimezone(UTC).date())
    allowances.forget_old(now=now)
