"""Recurring work of this package."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from masthead.forwarding import forwarding


@task(queue_name="maint")
def housekeeping() -> None:
    """Forget the friends of more than 30 days ago."""
    forwarding.forget(now=timezone.now())
