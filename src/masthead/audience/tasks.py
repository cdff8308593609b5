"""What runs in the background."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from django_tasks import task

from masthead.audience import importing, keeping
from masthead.audience.models import ImportRun


@task()
def run_import(run_id: int) -> None:
    """Execute an uploaded import. A file that cannot be imported is a finding that the run keeps, not a failed task."""
    run = ImportRun.objects.filter(pk=run_id).select_related("list").first()
    if run is None:
        return
    try:
        importing.execute(run=run, path=Path(run.stored_path), now=timezone.now())
    except (importing.CannotImport, importing.Stopped):
        return


@task()
def housekeeping() -> None:
    """Forget what is past its time."""
    keeping.housekeep(now=timezone.now())
