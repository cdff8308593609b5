"""What runs in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from masthead.bounces import acting, findings, keeping
from masthead.delivery.models import Campaign

#: Refusals of campaigns that ended longer ago than this were all collected.
_LATELY = timedelta(days=2)


@task(queue_name="maint")
def sweep() -> None:
    """Read what waits, collect what the relay refused, judge both."""
    now = timezone.now()
    findings.read_waiting()
    for campaign in Campaign.objects.filter(started_at__isnull=False).exclude(finished_at__lt=now - _LATELY):
        findings.collect_refusals(campaign=campaign, now=now)
    acting.judge_pending(now=now)


@task(queue_name="maint")
def housekeeping() -> None:
    """Forget what is past its time."""
    keeping.forget(now=timezone.now())
