"""Two readers become one: the stricter choice wins, both histories are kept, and it can be taken back.

The reader who goes stays as a row without active subscriptions that leads to the one who is kept. So the consent ledger is never
rewritten, links in old mails go on working, an import of the old address finds that it has left, and all of it can be undone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from masthead.audience import lookups
from masthead.audience.models import ConsentEvent, Merge, Subscriber, Subscription, Tagging
from masthead.audit.recording import record
from masthead.mail import suppressions
from masthead.mail.models import Suppression

State, Kind, Reason = Subscription.State, ConsentEvent.Kind, Suppression.Reason

#: Reasons that are about the person. A dead address says nothing about the same person's other one.
_OF_THE_PERSON = (Reason.COMPLAINED, Reason.STAFF, Reason.ERASED)
_SEPARATOR = "\n"


class CannotMerge(Exception):
    """These two cannot be merged, or not taken apart again; the message says why."""


@transaction.atomic
def merge(*, keep: Subscriber, away: Subscriber, by: str, now: datetime) -> Merge:
    """Make `away` part of `keep`, whose address stays. Raises CannotMerge."""
    locked = {each.pk: each for each in Subscriber.objects.select_for_update().filter(pk__in=[keep.pk, away.pk]).order_by("pk")}
    if len(locked) != 2:
        raise CannotMerge(_("Choose two different readers."))
    keep, away = locked[keep.pk], locked[away.pk]
    if keep.merged_into_id or away.merged_into_id:
        raise CannotMerge(_("One of the two was merged with a reader before. Merge with that reader instead."))
    made = Merge.objects.create(keep=keep, away=away, by=by, at=now)
    made.before = {
        "lists": _join_lists(made, keep, away, now),
        "fields": _join_fields(keep, away),
        "tags": _join_tags(keep, away),
        "suppressed": _join_suppression(keep, away, by, now),
        "chain": list(away.merged.values_list("pk", flat=True)),
    }
    made.save(update_fields=["before"])
    away.merged.update(merged_into=keep)
    Subscriber.objects.filter(pk=away.pk).update(merged_into=keep)
    record(action="reader.merged", by=by, now=now, subject=f"reader:{keep.pk}", details={"away": away.pk})
    return made


@transaction.atomic
def undo(*, merge: Merge, by: str, now: datetime) -> None:
    """Two readers again, each as they were; what either chose since stays. Raises CannotMerge."""
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    keep, away = merge.keep, merge.away
    if merge.undone_at is not None or away.merged_into_id != keep.pk:
        raise CannotMerge(_("These two are not merged any more."))
    Subscriber.objects.filter(pk=away.pk).update(merged_into=None)
    Subscriber.objects.filter(pk__in=merge.before["chain"], merged_into=keep).update(merged_into=away)
    _part_lists(merge, by, now)
    _part_fields(keep, merge.before["fields"])
    Tagging.objects.filter(subscriber=keep, tag__in=merge.before["tags"]).delete()
    if merge.before["suppressed"]:
        suppressions.lift_all(marks=[bytes(keep.fingerprint)], by=merge.by, since=merge.at, reason=merge.before["suppressed"])
    merge.undone_at = now
    merge.save(update_fields=["undone_at"])
    record(action="reader.unmerged", by=by, now=now, subject=f"reader:{keep.pk}", details={"away": away.pk})


def outcome(*, keep: Subscriber, away: Subscriber) -> list[tuple[str, str]]:
    """What would hold on each list after merging: its name, and the state. Changes nothing."""
    both = Subscription.objects.filter(subscriber__in=[keep, away]).select_related("list").order_by("list__name")
    held: dict[str, dict[int, str]] = {}
    for entry in both:
        held.setdefault(entry.list.name, {})[entry.subscriber_id] = entry.state
    return [(name, stricter(*states.values())) for name, states in held.items()]


def stricter(*states: str) -> str:
    """Who left anywhere has left; else who is active anywhere is active."""
    return next(state for state in (State.LEFT, State.ACTIVE, State.PENDING) if state in states)


def _join_lists(made: Merge, keep: Subscriber, away: Subscriber, now: datetime) -> list[dict[str, Any]]:
    """What was there before, list by list: of the one kept and of the other, None for not being on it."""
    own = {entry.list_id: entry for entry in keep.subscriptions.select_for_update(of=("self",))}
    others = {entry.list_id: entry for entry in away.subscriptions.select_for_update(of=("self",))}
    before = []
    for list_id, other in others.items():
        mine = own.get(list_id)
        before.append({"list": list_id, "keep": _was(mine), "away": _was(other)})
        after = stricter(other.state, mine.state) if mine else other.state
        if mine is None:
            since = other.since
            Subscription.objects.create(
                subscriber=keep, list_id=list_id, state=after, since=since, paused_until=other.paused_until
            )
        elif after != mine.state:
            paused = None if after == State.LEFT else other.paused_until
            Subscription.objects.filter(pk=mine.pk).update(state=after, since=now, paused_until=paused)
        elif after == State.ACTIVE and other.state == State.ACTIVE and other.paused_until:
            paused = max(other.paused_until, mine.paused_until or date.min)
            Subscription.objects.filter(pk=mine.pk).update(paused_until=paused)
        if mine is None or after != mine.state:
            _write(made, keep, list_id, Kind.WITHDRAWN if after == State.LEFT and mine else Kind.MERGED, made.by, now)
        if other.state != State.LEFT:
            _write(made, away, list_id, Kind.MERGED, made.by, now)
    away.subscriptions.exclude(state=State.LEFT).update(state=State.LEFT, since=now, paused_until=None)
    return before


def _join_fields(keep: Subscriber, away: Subscriber) -> dict[str, list[Any]]:
    """Fill in what the one kept lacks. Each field as it was, and as it became."""
    after: dict[str, Any] = {"attributes": {**away.attributes, **keep.attributes}}
    for name in ("name", "language"):
        after[name] = getattr(keep, name) or getattr(away, name)
    after["note"] = _SEPARATOR.join(note for note in (keep.note, away.note) if note)
    changed = {name: [getattr(keep, name), value] for name, value in after.items() if getattr(keep, name) != value}
    for name, (_was, value) in changed.items():
        setattr(keep, name, value)
    if changed:
        keep.save(update_fields=list(changed))
    return changed


def _join_tags(keep: Subscriber, away: Subscriber) -> list[int]:
    own = set(keep.taggings.values_list("tag_id", flat=True))
    new = sorted(set(away.taggings.values_list("tag_id", flat=True)) - own)
    Tagging.objects.bulk_create(Tagging(subscriber=keep, tag_id=tag) for tag in new)
    return new


def _join_suppression(keep: Subscriber, away: Subscriber, by: str, now: datetime) -> str:
    """Who complained, was blocked or erased by one address gets no mail at the other either. The reason, if that is new."""
    held = Suppression.objects.filter(fingerprint=bytes(away.fingerprint), reason__in=_OF_THE_PERSON).first()
    if held is None:
        return ""
    reason = Reason(held.reason)
    addresses = {bytes(keep.fingerprint): keep.address}
    new = suppressions.suppress_all(addresses=addresses, reason=reason, note=held.note, by=by, now=now)
    return str(reason) if new else ""


def _part_lists(merge: Merge, by: str, now: datetime) -> None:
    newest = lookups.newest_events([merge.keep_id, merge.away_id])
    for was in merge.before["lists"]:
        list_id = was["list"]
        touched = newest.get((merge.keep_id, list_id), merge.how) not in {merge.how, *_unwritten(was, merge)}
        left_since = touched and merge.keep.subscriptions.filter(list=list_id, state=State.LEFT).exists()
        if not touched:
            _restore(merge, merge.keep, list_id, was["keep"], by, now)
        # Who has left since leaves it with both addresses.
        own = newest.get((merge.away_id, list_id)) == merge.how
        if own and not left_since and was["away"]["state"] != State.LEFT:
            _restore(merge, merge.away, list_id, was["away"], by, now)


def _unwritten(was: dict[str, Any], merge: Merge) -> set[str]:
    """A state that the merge did not change has no event of it: what came before is the newest one, and that is no touching."""
    if was["keep"] is None:
        return set()
    older = merge.keep.consent_events.filter(list=was["list"], at__lte=merge.at).order_by("-id").values_list("how", flat=True)
    return set(older[:1])


def _restore(merge: Merge, reader: Subscriber, list_id: int, was: dict[str, Any] | None, by: str, now: datetime) -> None:
    on_it = reader.subscriptions.filter(list=list_id)
    if was is None:
        changed = bool(on_it.delete()[0])
    else:
        paused = date.fromisoformat(was["paused_until"]) if was["paused_until"] else None
        differs = on_it.exclude(state=was["state"]).exists()
        on_it.update(state=was["state"], since=datetime.fromisoformat(was["since"]), paused_until=paused)
        changed = differs
    if changed:
        _write(merge, reader, list_id, Kind.UNDONE, by, now)


def _part_fields(keep: Subscriber, changed: dict[str, list[Any]]) -> None:
    """Give back what nobody has touched since."""
    back = {name: was for name, (was, became) in changed.items() if getattr(keep, name) == became}
    for name, value in back.items():
        setattr(keep, name, value)
    if back:
        keep.save(update_fields=list(back))


def _was(entry: Subscription | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    paused = entry.paused_until.isoformat() if entry.paused_until else None
    return {"state": entry.state, "since": entry.since.isoformat(), "paused_until": paused}


def _write(merge: Merge, reader: Subscriber, list_id: int, kind: ConsentEvent.Kind, by: str, now: datetime) -> None:
    details = {"with": merge.away_id if reader.pk == merge.keep_id else merge.keep_id}
    ConsentEvent.objects.create(subscriber=reader, list_id=list_id, kind=kind, at=now, how=merge.how, by=by, details=details)


def merges_of(subscriber: Subscriber) -> list[Merge]:
    """Merges that hold, into this reader or of it."""
    if subscriber.merged_into_id is None and not subscriber.merged.all():
        return []
    found = Merge.objects.filter(Q(keep=subscriber) | Q(away=subscriber), undone_at=None).select_related("keep", "away")
    return [each for each in found if each.away.merged_into_id == each.keep_id]
