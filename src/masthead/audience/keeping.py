"""How long things are kept: what readers asked for and never confirmed, links, counts, files of imports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from masthead.audience import duplicates, lapsing, list_deleting, tally
from masthead.audience.default_mails import LINK_DAYS
from masthead.audience.importing import Stopped
from masthead.audience.imports import indexes
from masthead.audience.imports.report import folder
from masthead.audience.imports.staging import STAGED
from masthead.audience.models import AddressChange, BulkRow, Confirmation, ImportRun, SignIn, Subscriber, Subscription, Tally
from masthead.audit.recording import record
from masthead.mail.models import Suppression

#: A used link is remembered for this long, so that pressing it again gets a friendly answer.
USED_LINKS_KEPT = timedelta(days=90)
IMPORT_FILES_KEPT = timedelta(days=30)
#: Rows that wait for their batch belong to one process and to nobody after it. A batch takes seconds; this is for slow machines.
STAGED_KEPT = timedelta(hours=6)
#: For so long an action on many readers can be taken back.
BULK_UNDO_KEPT = timedelta(days=30)
IMPORT_SILENT = timedelta(minutes=15)
LATELY = timedelta(days=30)
#: The record's word for a housekeeping in which something went.
HOUSEKEPT = "readers.housekept"


@dataclass(frozen=True, slots=True)
class Upcoming:
    """How many there are of what housekeeping deals with."""

    #: Subscriptions waiting for confirmation; of them, those whose time is over; when that of the next one is.
    waiting: int
    lapsing: int
    next_lapse: datetime | None
    #: Readers whose address is dead: in all, and in the last 30 days. They are kept, and get no mail.
    bounced: int
    bounced_lately: int
    duplicates: int
    import_files: int
    #: Actions on many readers that can still be taken back.
    can_be_undone: int


def housekeep(*, now: datetime, by: str = "system") -> dict[str, int]:
    """Forget what is past its time. Each step stands alone and may be repeated. Returns how many of each went.

    One entry of the record says so, if anything went.
    """
    went = {
        "unconfirmed": lapsing.lapse(now=now),
        "links": forget_links(now=now),
        "counters": Tally.objects.filter(last_at__lt=now - tally.KEPT).delete()[0],
        "interrupted_imports": end_interrupted_imports(now=now),
        "import_files": remove_import_files(now=now),
        "import_rows": forget_import_rows(now=now),
        "undo_rows": forget_bulk_rows(now=now),
        "of_deleted_lists": list_deleting.sweep(),
    }
    indexes.restore()
    indexes.merge_parts()
    duplicates.look(now=now)
    if any(went.values()):
        record(action=HOUSEKEPT, by=by, now=now, subject="readers", details={name: n for name, n in went.items() if n})
    return went


def upcoming(*, now: datetime) -> Upcoming:
    """What the next housekeeping meets, and what waits for its time. Changes nothing."""
    dead = Suppression.objects.filter(reason=Suppression.Reason.BOUNCED)
    standing = Subscriber.objects.filter(merged_into=None, fingerprint__in=dead.values("fingerprint"))
    waiting = Subscription.objects.filter(state=Subscription.State.PENDING)
    oldest = waiting.order_by("since").values_list("since", flat=True).first()
    return Upcoming(
        waiting=waiting.count(),
        lapsing=lapsing.unconfirmed(before=now - timedelta(days=settings.UNCONFIRMED_DAYS)).count(),
        next_lapse=oldest + timedelta(days=settings.UNCONFIRMED_DAYS) if oldest else None,
        bounced=standing.count(),
        bounced_lately=standing.filter(fingerprint__in=dead.filter(created_at__gt=now - LATELY).values("fingerprint")).count(),
        duplicates=duplicates.open_ones().count(),
        import_files=sum(1 for path in folder().iterdir() if path.is_file()),
        can_be_undone=BulkRow.objects.filter(action__finished_at__isnull=False).values("action").distinct().count(),
    )


@transaction.atomic
def forget_links(*, now: datetime) -> int:
    """Sign-ins go when they expire; confirmations and changes of address a while after. Returns how many went."""
    went = SignIn.objects.filter(expires_at__lte=now).delete()[0]
    for model in (Confirmation, AddressChange):
        unused = model.objects.filter(used_at=None, expires_at__lte=now - timedelta(days=LINK_DAYS))
        for found in (unused, model.objects.filter(used_at__lt=now - USED_LINKS_KEPT)):
            went += found.delete()[1].get(model._meta.label, 0)
    return went


def end_interrupted_imports(*, now: datetime) -> int:
    """Runs that say they are running and have long been silent were interrupted. Returns how many."""
    silent = ImportRun.objects.filter(state=ImportRun.State.RUNNING, progressed_at__lt=now - IMPORT_SILENT)
    error = str(Stopped())
    return silent.update(state=ImportRun.State.FAILED, finished_at=now, error=error)


def forget_bulk_rows(*, now: datetime) -> int:
    """What many readers were before an action goes after a month: then it cannot be taken back. Returns how many rows."""
    old = BulkRow.objects.filter(action__finished_at__lt=now - BULK_UNDO_KEPT)
    return old.delete()[0]


@transaction.atomic
def forget_import_rows(*, now: datetime) -> int:
    """The rows that the screen of an import shows go when its files do: they are addresses, too. Returns of how many imports."""
    open_ones = [ImportRun.State.WAITING, ImportRun.State.RUNNING, ImportRun.State.UNDOING]
    old = ImportRun.objects.filter(created_at__lt=now - IMPORT_FILES_KEPT).exclude(state__in=open_ones)
    forgot = 0
    for run in old.filter(~Q(samples={}) | Q(layout__has_key="entries")).only("layout").select_for_update():
        layout = {name: said for name, said in run.layout.items() if name != "entries"}
        forgot += ImportRun.objects.filter(pk=run.pk).update(samples={}, layout=layout)
    return forgot


def remove_import_files(*, now: datetime) -> int:
    """Uploads and reports hold addresses: they go after a month, and what a killed import left behind goes today.

    Returns how many files went.
    """
    removed = 0
    for path in folder().iterdir():
        kept = STAGED_KEPT if path.name.startswith(STAGED) else IMPORT_FILES_KEPT
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - kept:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
