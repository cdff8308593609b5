"""Many readers put on a list or taken off: the rules of `audience.consent`, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from masthead.audience.events import text_of
from masthead.audience.lookups import is_suppressed, newest_events
from masthead.audience.models import BulkAction, BulkRow, Confirmation, ConsentEvent, Subscriber, Subscription

State, Kind, Result = Subscription.State, ConsentEvent.Kind, BulkRow.Result


def join(action: BulkAction, ids: Sequence[int], now: datetime) -> dict[int, tuple[str, dict[str, Any]]]:
    """Put readers on the list, with the statement as their consent. Who left it stays off; who is suppressed is not added."""
    on_it = Subscription.objects.select_for_update().filter(list=action.list_id, subscriber__in=ids)
    states = {entry.subscriber_id: entry for entry in on_it}
    silent = set(Subscriber.objects.filter(is_suppressed(), pk__in=ids).values_list("pk", flat=True))
    outcomes: dict[int, tuple[str, dict[str, Any]]] = {}
    for pk in ids:
        held = states.get(pk)
        if held is not None and held.state == State.LEFT:
            outcomes[pk] = (Result.LEFT, {})
        elif pk in silent:
            outcomes[pk] = (Result.SUPPRESSED, {})
        elif held is not None and held.state == State.ACTIVE:
            outcomes[pk] = (Result.SAME, {})
        else:
            outcomes[pk] = (Result.DONE, {"waiting_since": held.since.isoformat()} if held else {})
    done = [pk for pk, (result, _before) in outcomes.items() if result == Result.DONE]
    on_it.filter(subscriber__in=done, state=State.PENDING).update(state=State.ACTIVE, since=now)
    Subscription.objects.bulk_create(
        (Subscription(subscriber_id=pk, list=action.list, state=State.ACTIVE, since=now) for pk in done if pk not in states),
        ignore_conflicts=True,
    )
    _write(action, ((pk, action.list_id) for pk in done), Kind.ADDED, by=action.by, now=now, text=action.statement)
    return outcomes


def leave(action: BulkAction, ids: Sequence[int], now: datetime) -> dict[int, tuple[str, dict[str, Any]]]:
    """Take readers off the list, or off all of them. Links that would confirm it stop doing so."""
    found = Subscription.objects.select_for_update().filter(subscriber__in=ids).exclude(state=State.LEFT)
    links = Confirmation.lists.through.objects.filter(confirmation__subscriber__in=ids, confirmation__used_at=None)
    if action.list_id:
        found, links = found.filter(list=action.list_id), links.filter(mailinglist=action.list_id)
    links.delete()
    left: dict[int, list[Subscription]] = {}
    for entry in found:
        left.setdefault(entry.subscriber_id, []).append(entry)
    everyone = [entry for entries in left.values() for entry in entries]
    Subscription.objects.filter(pk__in=[entry.pk for entry in everyone]).update(state=State.LEFT, since=now, paused_until=None)
    _write(action, ((each.subscriber_id, each.list_id) for each in everyone), Kind.WITHDRAWN, by=action.by, now=now)
    return {pk: (Result.DONE, {"was": [_was(entry) for entry in entries]}) for pk, entries in left.items()}


def undo_join(action: BulkAction, rows: Sequence[BulkRow], by: str, now: datetime) -> set[int]:
    """Take them off again, or back to waiting, unless something happened between them and the list since."""
    ids = [row.subscriber_id for row in rows]
    untouched = _untouched(action, ids)
    standing = Subscription.objects.filter(list=action.list_id, subscriber__in=ids, state=State.ACTIVE)
    going = {pk for pk in standing.values_list("subscriber_id", flat=True) if (pk, action.list_id) in untouched}
    waited = {row.subscriber_id: row.before["waiting_since"] for row in rows if "waiting_since" in row.before}
    for pk in going & waited.keys():
        standing.filter(subscriber=pk).update(state=State.PENDING, since=datetime.fromisoformat(waited[pk]))
    Subscription.objects.filter(list=action.list_id, subscriber__in=going - waited.keys(), state=State.ACTIVE).delete()
    _write(action, ((pk, action.list_id) for pk in sorted(going)), Kind.UNDONE, by=by, now=now)
    return going


def undo_leave(action: BulkAction, rows: Sequence[BulkRow], by: str, now: datetime) -> set[int]:
    """Put them back as they were. Whoever left by themselves since has an event that says so, and stays off."""
    untouched = _untouched(action, [row.subscriber_id for row in rows])
    back: set[tuple[int, int]] = set()
    for row in rows:
        for was in row.before["was"]:
            if (row.subscriber_id, was["list"]) not in untouched:
                continue
            off = Subscription.objects.filter(subscriber=row.subscriber_id, list=was["list"], state=State.LEFT)
            paused = date.fromisoformat(was["paused_until"]) if was["paused_until"] else None
            if off.update(state=was["state"], since=datetime.fromisoformat(was["since"]), paused_until=paused):
                back.add((row.subscriber_id, was["list"]))
    _write(action, sorted(back), Kind.UNDONE, by=by, now=now)
    return {subscriber for subscriber, _list in back}


def _untouched(action: BulkAction, ids: Sequence[int]) -> set[tuple[int, int]]:
    """The pairs of reader and list whose newest event is this action's own."""
    newest = newest_events(ids)
    return {(pk, list_id) for (pk, list_id), how in newest.items() if how == action.how and list_id is not None}


def _was(entry: Subscription) -> dict[str, Any]:
    paused = entry.paused_until.isoformat() if entry.paused_until else None
    return {"list": entry.list_id, "state": entry.state, "since": entry.since.isoformat(), "paused_until": paused}


def _write(
    action: BulkAction, pairs: Iterable[tuple[int, Any]], kind: ConsentEvent.Kind, *, by: str, now: datetime, text: str = ""
) -> None:
    shown = text_of(text)
    ConsentEvent.objects.bulk_create(
        ConsentEvent(subscriber_id=pk, list_id=list_id, kind=kind, at=now, how=action.how, text=shown, by=by)
        for pk, list_id in pairs
    )
