"""What runs in the background."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone
from django.utils.translation import get_language, override
from django_tasks import task

from masthead.audience import defining, duplicates, importing, keeping, list_deleting, reconfirming
from masthead.audience.bulk import acting, undoing
from masthead.audience.imports import indexes, taking_back
from masthead.audience.models import Attribute, BulkAction, ImportRun
from masthead.common.stopping import STOP


@task()
def run_import(run_id: int, language: str = "") -> None:
    """Execute an uploaded import, or go on with it. A file that cannot be imported is a finding, no failed task.

    What it says of the file and of its rows is kept in `language`, that of whoever asked for it.
    When the process is asked to end in mid-import, the task is started again by the next one, and goes on.
    """
    run = ImportRun.objects.filter(pk=run_id).select_related("list").first()
    if run is None:
        return
    try:
        with override(language or get_language()):
            importing.execute(run=run, path=Path(run.stored_path), now=timezone.now())
    except importing.CannotImport:
        return
    except importing.Stopped:
        if STOP.is_set() and importing.reopen(run=run):
            raise


@task()
def make_indexes() -> None:
    """Make what a large import did without; what an interruption leaves, housekeeping makes."""
    indexes.restore()


@task()
def undo_import(run_id: int, by: str) -> None:
    """Take an import back, or go on with it."""
    run = ImportRun.objects.filter(pk=run_id).select_related("list").first()
    if run is not None and taking_back.work(run=run, by=by, now=timezone.now()).state == ImportRun.State.UNDOING:
        raise InterruptedError(f"taking back import {run_id} was interrupted; it goes on when the task is started again")


@task()
def run_bulk_action(action_id: int) -> None:
    """Work an action on many readers off, or go on with it."""
    action = BulkAction.objects.filter(pk=action_id).first()
    if action is not None and acting.work(action=action, now=timezone.now()).state == BulkAction.State.RUNNING:
        raise InterruptedError(f"bulk action {action_id} was interrupted; it goes on when the task is started again")


@task()
def undo_bulk_action(action_id: int, by: str) -> None:
    """Take an action on many readers back, or go on with that."""
    action = BulkAction.objects.filter(pk=action_id).first()
    if action is not None and undoing.work(action=action, by=by, now=timezone.now()).state == BulkAction.State.UNDOING:
        raise InterruptedError(f"taking back bulk action {action_id} was interrupted; it goes on when the task is started again")


@task()
def sweep_deleted_lists() -> None:
    """Take away the subscriptions of lists that were deleted; what an interruption leaves, housekeeping takes."""
    list_deleting.sweep(stopping=STOP.is_set)


@task()
def look_for_duplicates() -> None:
    """Look for readers who may be one person."""
    duplicates.look(now=timezone.now())


@task()
def convert_attribute(attribute_id: int) -> None:
    """Make values that were there before a definition what its kind says. It may be repeated, and is after an interruption."""
    attribute = Attribute.objects.filter(pk=attribute_id).first()
    if attribute is not None:
        defining.convert(attribute=attribute)


@task()
def housekeeping() -> None:
    """Forget what is past its time."""
    keeping.housekeep(now=timezone.now())


@task()
def reconfirm() -> None:
    """Every minute: ask, remind and close what is due of re-confirmations."""
    reconfirming.work(clock=timezone.now, stopping=STOP.is_set)
