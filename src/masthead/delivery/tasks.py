"""What the task engine calls. Each takes ids, reads the clock once and calls one verb; each may come twice or not at all."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from masthead.common.clock_watch import ClockWatch
from masthead.delivery import dry_run, spam_scoring, starting, sweeping
from masthead.delivery.sender import working

_clock = ClockWatch()


@task(queue_name="default")
def start_campaign(campaign_id: int) -> None:
    """Take the audience of a campaign whose time has come, and begin."""
    starting.start(campaign_id=campaign_id, now=timezone.now())


@task(queue_name="bulk")
def work_range(range_id: int) -> None:
    """Work on a range, and on the next open ones of its campaign, for about a minute."""
    working.work(range_id=range_id)


@task(queue_name="default")
def make_all_mails(run_id: int) -> None:
    """A dry run. What the draft or a mail lacks is a finding that the run keeps, not a failed task."""
    dry_run.execute(run_id=run_id, now=timezone.now())


@task(queue_name="default")
def score_for_spam(issue_id: int) -> None:
    """Ask SpamAssassin about the mail of an issue."""
    spam_scoring.execute(issue_id=issue_id, now=timezone.now())


@task(queue_name="maint")
def sweep() -> None:
    """Whatever is due and nobody works on: start it, take it over, give it up or finish it."""
    now = timezone.now()
    if _clock.was_set_back():
        sweeping.after_clock_was_set_back(now=now)
    sweeping.sweep(now=now)
