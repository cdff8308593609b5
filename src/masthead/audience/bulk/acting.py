"""An action on many readers is begun, worked off, stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from masthead.audience import attributes, filtering, tagging
from masthead.audience.bulk import on_lists, on_readers
from masthead.audience.consent import NoReason
from masthead.audience.filtering import Filter
from masthead.audience.models import Attribute, BulkAction, BulkRow, MailingList, Subscriber, Tag
from masthead.audit.recording import record
from masthead.common.stopping import STOP

What, State, Result = BulkAction.What, BulkAction.State, BulkRow.Result
Progress = Callable[[int, int], None]
#: What is done to one reader, and what was there before.
Outcome = tuple[str, dict[str, Any]]
Do = Callable[[BulkAction, Sequence[int], datetime], dict[int, Outcome]]

#: Readers in one transaction. An erasure looks through mails for each of them.
BATCH, BATCH_OF_ERASURES = 1000, 50
_WRITTEN_AT_ONCE = 5000

_DO: dict[str, Do] = {
    What.JOIN: on_lists.join,
    What.LEAVE: on_lists.leave,
    What.TAG: on_readers.tag,
    What.UNTAG: on_readers.untag,
    What.SET: on_readers.fill_in,
    What.SUPPRESS: on_readers.suppress,
    What.ERASE: on_readers.erase,
}


class NothingSaid(ValueError):
    """The action lacks what it is about; the message says what."""


def chosen_readers(chosen: Filter | Sequence[int], *, now: datetime) -> QuerySet[Subscriber]:
    """Whom an action would mean now. Raises as `filtering.readers` does."""
    if isinstance(chosen, Filter):
        return filtering.readers(chosen, now=now)
    return Subscriber.objects.filter(pk__in=chosen)


@transaction.atomic
def begin(
    *,
    what: BulkAction.What,
    chosen: Filter | Sequence[int],
    mailing_list: MailingList | None = None,
    statement: str = "",
    tag: str = "",
    attribute: Attribute | None = None,
    value: str = "",
    note: str = "",
    by: str,
    now: datetime,
) -> BulkAction:
    """Decide it; `work` does it. `mailing_list` None with LEAVE: all lists. `value` "" with SET: the value is taken away.

    Raises NothingSaid, NoReason (JOIN without a statement), BadTag and BadValue.
    """
    action = BulkAction(what=what, list=mailing_list, by=by, created_at=now)
    if what is What.JOIN:
        if mailing_list is None:
            raise NothingSaid(_("Choose a list."))
        if not statement.strip():
            raise NoReason
        action.statement = statement.strip()
    elif what is What.TAG:
        made = tagging.get_or_create(name=tag, by=by, now=now)
        action.given, action.called = {"tag": made.pk}, made.name
    elif what is What.UNTAG:
        held = tagging.find(tag)
        if held is None:
            raise NothingSaid(_("There is no tag “%(name)s”.") % {"name": tag[:60]})
        action.given, action.called = {"tag": held.pk}, held.name
    elif what is What.SET:
        if attribute is None:
            raise NothingSaid(_("Choose an attribute."))
        meant = attributes.parse(attribute, value)
        action.given = {"attribute": attribute.key, "value": meant}
        action.called = f"{attribute.label}: {attributes.show(attribute, meant) or '–'}"[:600]
    elif what is What.SUPPRESS:
        action.given = {"note": note.strip()[:500]}
    action.chosen = {"filter": chosen.as_json()} if isinstance(chosen, Filter) else {"readers": list(chosen)}
    action.save(force_insert=True)
    return action


def work(*, action: BulkAction, now: datetime, progress: Progress = lambda done, total: None) -> BulkAction:
    """Do it, batch by batch; may be interrupted and called again. Returns the action, with the numbers."""
    _write_down(action, now)
    size = BATCH_OF_ERASURES if action.what == What.ERASE else BATCH
    while True:
        with transaction.atomic():
            locked = BulkAction.objects.select_for_update().filter(pk=action.pk, state=State.RUNNING).first()
            if locked is None:
                break
            rows = list(BulkRow.objects.filter(action=locked, pk__gt=locked.done_to).order_by("pk")[:size])
            if rows:
                _do(locked, rows, now)
            else:
                _end(locked, State.FINISHED, now)
        progress(sum(locked.counts.values()), locked.readers)
        if STOP.is_set():
            break
    action.refresh_from_db()
    return action


@transaction.atomic
def cancel(*, action: BulkAction, now: datetime) -> bool:
    """Stop after the batch that is under way. What was done stays done, and can be taken back. Returns whether it was open."""
    locked = BulkAction.objects.select_for_update().filter(pk=action.pk, state__in=[State.WAITING, State.RUNNING]).first()
    if locked is None:
        return False
    _end(locked, State.CANCELLED, now)
    return True


def _write_down(action: BulkAction, now: datetime) -> None:
    """A row for each reader who is meant, and the number of them. Once: later calls find that it has begun."""
    with transaction.atomic():
        locked = BulkAction.objects.select_for_update().filter(pk=action.pk, state=State.WAITING).first()
        if locked is None:
            return
        chosen = Filter.from_json(locked.chosen["filter"]) if "filter" in locked.chosen else locked.chosen["readers"]
        meant = list(chosen_readers(chosen, now=now).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(meant), _WRITTEN_AT_ONCE):
            some = meant[start : start + _WRITTEN_AT_ONCE]
            BulkRow.objects.bulk_create(BulkRow(action=locked, subscriber_id=pk) for pk in some)
        locked.state, locked.readers, locked.chosen, locked.progressed_at = State.RUNNING, len(meant), {}, now
        locked.save(update_fields=["state", "readers", "chosen", "progressed_at"])


def _do(action: BulkAction, rows: list[BulkRow], now: datetime) -> None:
    outcomes = _DO[action.what](action, [row.subscriber_id for row in rows], now)
    for row in rows:
        row.result, row.before = outcomes.get(row.subscriber_id, (Result.SAME, {}))
    if action.what != What.ERASE:  # the rows went with the readers
        BulkRow.objects.bulk_update(rows, ["result", "before"], batch_size=250)
    action.counts = dict(Counter(action.counts) + Counter(str(row.result) for row in rows))
    action.done_to, action.progressed_at = rows[-1].pk, now
    action.save(update_fields=["counts", "done_to", "progressed_at"])


def _end(action: BulkAction, state: BulkAction.State, now: datetime) -> None:
    action.state, action.finished_at, action.chosen = state, now, {}
    action.save(update_fields=["state", "finished_at", "chosen"])
    details: dict[str, object] = {"what": action.what, "readers": action.readers, "state": str(state), **action.counts}
    if action.list_id:
        details["list"] = action.list_id
    details |= {name: value for name, value in action.given.items() if name in {"tag", "attribute"}}
    record(action="readers.changed_together", by=action.by, now=now, subject=f"bulk:{action.pk}", details=details)


def tag_of(action: BulkAction) -> Tag | None:
    """The tag that it is about; None when that was deleted since."""
    return Tag.objects.filter(pk=action.given.get("tag", 0)).first()
