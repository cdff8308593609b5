"""What the task engine calls."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from masthead.issues import link_checking
from masthead.issues.models import Issue


@task(queue_name="default")
def check_links(issue_id: int) -> None:
    """Ask for the links of an issue; one that was deleted meanwhile has none."""
    issue = Issue.objects.filter(pk=issue_id).first()
    if issue is not None:
        link_checking.check(issue=issue, now=timezone.now())
