"""How long things are kept: what readers asked for and never confirmed, links, counts, files of imports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from masthead.audience import consent, duplicates, import_report, tally
from masthead.audience.importing import Stopped
from masthead.audience.models import AddressChange, BulkRow, Confirmation, ImportRun, SignIn, Tally

#: A used link is remembered for this long, so that pressing it again gets a friendly answer.
USED_LINKS_KEPT = timedelta(days=90)
IMPORT_FILES_KEPT = timedelta(days=30)
#: For so long an action on many readers can be taken back.
BULK_UNDO_KEPT = timedelta(days=30)
IMPORT_SILENT = timedelta(minutes=15)


def housekeep(*, now: datetime) -> None:
    """Forget what is past its time. Each step stands alone and may be repeated."""
    consent.lapse(now=now)
    forget_links(now=now)
    Tally.objects.filter(last_at__lt=now - tally.KEPT).delete()
    end_interrupted_imports(now=now)
    remove_import_files(now=now)
    forget_bulk_rows(now=now)
    duplicates.look(now=now)


@transaction.atomic
def forget_links(*, now: datetime) -> None:
    """Sign-ins go when they expire; confirmations and changes of address a while after."""
    SignIn.objects.filter(expires_at__lte=now).delete()
    for model in (Confirmation, AddressChange):
        model.objects.filter(used_at=None, expires_at__lte=now - timedelta(days=consent.LINK_DAYS)).delete()
        model.objects.filter(used_at__lt=now - USED_LINKS_KEPT).delete()


def end_interrupted_imports(*, now: datetime) -> int:
    """Runs that say they are running and have long been silent were interrupted. Returns how many."""
    silent = ImportRun.objects.filter(state=ImportRun.State.RUNNING, progressed_at__lt=now - IMPORT_SILENT)
    error = str(Stopped())
    return silent.update(state=ImportRun.State.FAILED, finished_at=now, error=error)


def forget_bulk_rows(*, now: datetime) -> int:
    """What many readers were before an action goes after a month: then it cannot be taken back. Returns how many rows."""
    old = BulkRow.objects.filter(action__finished_at__lt=now - BULK_UNDO_KEPT)
    return old.delete()[0]


def remove_import_files(*, now: datetime) -> int:
    """Uploads and reports hold addresses: they go after a month. Returns how many files went."""
    removed = 0
    for path in import_report.folder().iterdir():
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - IMPORT_FILES_KEPT:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
