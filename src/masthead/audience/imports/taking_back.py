"""Taking a whole import back: who came by it goes, what it changed becomes what it was, and whoever acted since stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audience.imports import batches
from masthead.audience.models import ConsentEvent, ImportChange, ImportRun, Subscriber, Subscription
from masthead.audit.recording import record
from masthead.common.stopping import STOP

#: Readers in one transaction.
BATCH = 1000

State = ImportRun.State
Kind = ConsentEvent.Kind
Progress = Callable[[int, int], None]


class CannotUndo(Exception):
    """The run is not one that can be undone."""

    def __init__(self) -> None:
        super().__init__(_("Only an import that has come to its end and added or changed readers can be undone."))


def begin(*, run: ImportRun, by: str, now: datetime) -> None:
    """Decide it; `work` does it. Raises CannotUndo."""
    ended = ImportRun.objects.filter(pk=run.pk, state__in=[State.FINISHED, State.FAILED, State.CANCELLED], dry_run=False)
    with transaction.atomic():
        if not run.can_be_undone or not ended.update(
            state=State.UNDOING, taken_back=0, kept_back=0, undone_to=0, finished_at=None, error=""
        ):
            raise CannotUndo
        record(action="import.undone", by=by, now=now, subject=f"import:{run.pk}", details={"added": run.added})
    run.refresh_from_db()


def work(*, run: ImportRun, by: str, now: datetime, progress: Progress = lambda done, total: None) -> ImportRun:
    """Take it back, batch by batch; may be interrupted and called again. Returns the run, with the numbers."""
    while run.state == State.UNDOING:
        with transaction.atomic():
            locked = ImportRun.objects.select_for_update().filter(pk=run.pk, state=State.UNDOING).first()
            if locked is None:
                break
            events = _events(run, locked.undone_to)
            taken, kept = _take_back(run, events, by=by, now=now)
            locked.taken_back += taken
            locked.kept_back += kept
            if not events:
                _restore(run)
                locked.state, locked.finished_at = State.UNDONE, now
            locked.undone_to = events[-1].pk if events else locked.undone_to
            locked.save(update_fields=["taken_back", "kept_back", "undone_to", "state", "finished_at"])
        progress(locked.taken_back + locked.kept_back, run.added)
        if STOP.is_set():
            break
        run = locked
    run.refresh_from_db()
    return run


def _events(run: ImportRun, last: int) -> list[ConsentEvent]:
    """The next of the run's own events, by which it put readers on the list."""
    own = ConsentEvent.objects.filter(list=run.list_id, how=run.how, kind=Kind.IMPORTED, pk__gt=last)
    return list(own.order_by("pk")[:BATCH])


def _take_back(run: ImportRun, events: list[ConsentEvent], *, by: str, now: datetime) -> tuple[int, int]:
    """Take these readers off the list, and out altogether when nothing else is known of them. Returns taken and kept."""
    ids = {event.subscriber_id for event in events}
    imported = {event.subscriber_id: event for event in events}
    others = ConsentEvent.objects.filter(subscriber__in=ids).exclude(pk__in=[event.pk for event in events])
    acted: set[int] = set()
    before: set[int] = set()
    for subscriber, pk, list_id in others.values_list("subscriber_id", "pk", "list_id"):
        if pk < imported[subscriber].pk:
            before.add(subscriber)
        elif list_id in {run.list_id, None}:
            acted.add(subscriber)
        else:
            before.add(subscriber)
    waiting = ImportChange.objects.filter(run=run, subscriber__in=ids, before__has_key="waiting_since")
    waited = dict(waiting.values_list("subscriber_id", "before"))
    standing = Subscription.objects.filter(list=run.list_id, subscriber__in=ids, state=Subscription.State.ACTIVE)
    going = {pk for pk, since in standing.values_list("subscriber_id", "since") if pk not in acted and since <= imported[pk].at}
    back_to_waiting = going & set(waited)
    for pk in back_to_waiting:
        since = datetime.fromisoformat(waited[pk]["waiting_since"])
        standing.filter(subscriber=pk).update(state=Subscription.State.PENDING, since=since)
    Subscription.objects.filter(list=run.list_id, subscriber__in=going - back_to_waiting).delete()
    came = Subscriber.objects.filter(pk__in=going - before, source=run.how, subscriptions=None)
    gone = set(came.values_list("pk", flat=True))
    Subscriber.objects.filter(pk__in=gone).delete()
    ConsentEvent.objects.bulk_create(
        ConsentEvent(subscriber_id=pk, list_id=run.list_id, kind=Kind.UNDONE, at=now, how=run.how, by=by)
        for pk in sorted(going - gone)
    )
    return len(going), len(ids - going)


def _restore(run: ImportRun) -> None:
    """Give fields back the values they had, where they still are what the import made them."""
    for change in run.changes.select_related("subscriber").iterator(BATCH):
        reader, values = change.subscriber, {}
        for name, after in change.after.items():
            if name == "attributes":
                untouched = {key for key, value in after.items() if reader.attributes.get(key) == value}
                values[name] = {key: value for key, value in change.before[name].items() if key in untouched}
            elif getattr(reader, name) == after:
                values[name] = change.before[name]
        if values:
            batches.apply(reader, values)
            reader.save(update_fields=list(values))
    run.changes.all().delete()
