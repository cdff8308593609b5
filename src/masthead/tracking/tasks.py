"""Recurring work of this package."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from masthead.tracking import counting


@task(queue_name="maint")
def housekeeping() -> None:
    """Throw away what could tell visitors of days gone by from one another."""
    counting.forget(now=timezone.now())
