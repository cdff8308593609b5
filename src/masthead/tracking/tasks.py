"""Recurring work of this package."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from masthead.tracking import counting, forgetting


@task(queue_name="maint")
def housekeeping() -> None:
    """Throw away what could tell visitors of days gone by from one another, and what of readers is past its time."""
    counting.forget(now=timezone.now())
    forgetting.forget(now=timezone.now())
