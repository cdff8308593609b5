"""A whole action is taken back: what it changed becomes what it was, and whoever acted since stays as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audience.bulk import on_lists, on_readers
from masthead.audience.bulk.acting import BATCH, Progress
from masthead.audience.models import BulkAction, BulkRow
from masthead.audit.recording import record
from masthead.common.stopping import STOP

What, State, Result = BulkAction.What, BulkAction.State, BulkRow.Result
Undo = Callable[[BulkAction, Sequence[BulkRow], str, datetime], set[int]]

_UNDO: dict[str, Undo] = {
    What.JOIN: on_lists.undo_join,
    What.LEAVE: on_lists.undo_leave,
    What.TAG: on_readers.undo_tag,
    What.UNTAG: on_readers.undo_untag,
    What.SET: on_readers.undo_fill_in,
    What.SUPPRESS: on_readers.undo_suppress,
}


class CannotUndo(Exception):
    """The action is not one that can be taken back."""

    def __init__(self) -> None:
        super().__init__(_("Only an action that has come to its end can be taken back, within a month, and never an erasure."))


@transaction.atomic
def begin(*, action: BulkAction) -> None:
    """Decide it; `work` does it. Raises CannotUndo."""
    locked = BulkAction.objects.select_for_update().get(pk=action.pk)
    if not locked.can_be_undone:
        raise CannotUndo
    locked.state, locked.done_to, locked.finished_at = State.UNDOING, 0, None
    locked.save(update_fields=["state", "done_to", "finished_at"])
    action.refresh_from_db()


def work(*, action: BulkAction, by: str, now: datetime, progress: Progress = lambda done, total: None) -> BulkAction:
    """Take it back, batch by batch; may be interrupted and called again. Returns the action, with the numbers."""
    while True:
        with transaction.atomic():
            locked = BulkAction.objects.select_for_update().filter(pk=action.pk, state=State.UNDOING).first()
            if locked is None:
                break
            rows = list(BulkRow.objects.filter(action=locked, pk__gt=locked.done_to, result=Result.DONE).order_by("pk")[:BATCH])
            if rows:
                _take_back(locked, rows, by, now)
            else:
                _end(locked, by, now)
        progress(locked.counts.get(Result.UNDONE, 0) + locked.counts.get(Result.ACTED, 0), locked.readers)
        if STOP.is_set():
            break
    action.refresh_from_db()
    return action


def _take_back(action: BulkAction, rows: list[BulkRow], by: str, now: datetime) -> None:
    taken = _UNDO[action.what](action, rows, by, now)
    for row in rows:
        row.result = Result.UNDONE if row.subscriber_id in taken else Result.ACTED
    BulkRow.objects.bulk_update(rows, ["result"], batch_size=500)
    counts = Counter(action.counts) + Counter(str(row.result) for row in rows)
    counts.subtract({str(Result.DONE): len(rows)})
    action.counts = {name: number for name, number in counts.items() if number > 0}
    action.done_to, action.progressed_at = rows[-1].pk, now
    action.save(update_fields=["counts", "done_to", "progressed_at"])


def _end(action: BulkAction, by: str, now: datetime) -> None:
    action.state, action.finished_at = State.UNDONE, now
    action.save(update_fields=["state", "finished_at"])
    counts = {name: action.counts.get(name, 0) for name in (str(Result.UNDONE), str(Result.ACTED))}
    details = {"what": action.what, **counts}
    record(action="readers.changed_back", by=by, now=now, subject=f"bulk:{action.pk}", details=details)
