"""Many readers tagged, filled in, suppressed, erased: a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from masthead.audience import erasure
from masthead.audience.models import BulkAction, BulkRow, ConsentEvent, Subscriber, Tag, Tagging
from masthead.mail import suppressions

Result = BulkRow.Result
Outcomes = dict[int, tuple[str, dict[str, Any]]]


def tag(action: BulkAction, ids: Sequence[int], now: datetime) -> Outcomes:
    """Put the tag on."""
    held = set(_taggings(action, ids).values_list("subscriber_id", flat=True))
    if not Tag.objects.filter(pk=action.given["tag"]).exists():
        return {}
    new = [pk for pk in ids if pk not in held]
    Tagging.objects.bulk_create((Tagging(subscriber_id=pk, tag_id=action.given["tag"]) for pk in new), ignore_conflicts=True)
    return {pk: (Result.DONE, {}) for pk in new}


def untag(action: BulkAction, ids: Sequence[int], now: datetime) -> Outcomes:
    """Take the tag off."""
    found = _taggings(action, ids)
    held = list(found.values_list("subscriber_id", flat=True))
    found.delete()
    return {pk: (Result.DONE, {}) for pk in held}


def undo_tag(action: BulkAction, rows: Sequence[BulkRow], by: str, now: datetime) -> set[int]:
    """Take off what was put on, where it still is."""
    return set(untag(action, [row.subscriber_id for row in rows], now))


def undo_untag(action: BulkAction, rows: Sequence[BulkRow], by: str, now: datetime) -> set[int]:
    """Put it on again. A tag that was deleted since stays deleted."""
    return set(tag(action, [row.subscriber_id for row in rows], now))


def fill_in(action: BulkAction, ids: Sequence[int], now: datetime) -> Outcomes:
    """Give the attribute this value, or take it away."""
    key, value = action.given["attribute"], action.given["value"]
    return _set(ids, key, dict.fromkeys(ids, value))


def undo_fill_in(action: BulkAction, rows: Sequence[BulkRow], by: str, now: datetime) -> set[int]:
    """Give back what was there, where it still is what this action made of it."""
    key, made = action.given["attribute"], action.given["value"]
    before = {row.subscriber_id: row.before["value"] for row in rows}
    held = Subscriber.objects.filter(pk__in=before).values_list("pk", "attributes")
    untouched = [pk for pk, attributes in held if attributes.get(key) == made]
    return set(_set(untouched, key, before))


def suppress(action: BulkAction, ids: Sequence[int], now: datetime) -> Outcomes:
    """No mail at all any more."""
    readers = {bytes(each.fingerprint): each for each in Subscriber.objects.filter(pk__in=ids)}
    addresses = {mark: each.address for mark, each in readers.items()}
    new = suppressions.suppress_all(addresses=addresses, note=action.given["note"], by=action.by, now=now)
    return {readers[mark].pk: (Result.DONE, {}) for mark in new}


def undo_suppress(action: BulkAction, rows: Sequence[BulkRow], by: str, now: datetime) -> set[int]:
    """Lift what this action suppressed. Who complained since stays suppressed."""
    ids = [row.subscriber_id for row in rows]
    complained = ConsentEvent.objects.filter(
        subscriber__in=ids, kind=ConsentEvent.Kind.COMPLAINED, at__gte=action.created_at
    ).values("subscriber")
    readers = {bytes(each.fingerprint): each.pk for each in Subscriber.objects.filter(pk__in=ids).exclude(pk__in=complained)}
    lifted = suppressions.lift_all(marks=readers, by=action.by, since=action.created_at)
    return {readers[mark] for mark in lifted}


def erase(action: BulkAction, ids: Sequence[int], now: datetime) -> Outcomes:
    """Everything about them goes."""
    readers = list(Subscriber.objects.select_for_update().filter(pk__in=ids))
    for reader in readers:
        erasure.forget(subscriber=reader, by=action.by, now=now)
    return {pk: (Result.DONE, {}) for pk in ids}


def _taggings(action: BulkAction, ids: Sequence[int]) -> Any:
    return Tagging.objects.filter(tag=action.given["tag"], subscriber__in=ids)


def _set(ids: Sequence[int], key: str, values: dict[int, Any]) -> Outcomes:
    changed: list[Subscriber] = []
    outcomes: Outcomes = {}
    for reader in Subscriber.objects.select_for_update().filter(pk__in=ids).only("attributes"):
        had, value = reader.attributes.get(key), values[reader.pk]
        if had == value:
            continue
        held = {name: each for name, each in reader.attributes.items() if name != key}
        reader.attributes = held if value is None else {**held, key: value}
        changed.append(reader)
        outcomes[reader.pk] = (Result.DONE, {"value": had})
    Subscriber.objects.bulk_update(changed, ["attributes"], batch_size=250)
    return outcomes
