"""Readers' data going out: one reader's as JSON, for them; a filter's as CSV, XLSX or JSON, for staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from masthead.audience import export_formats, filtering, lookups, retention
from masthead.audience.attributes import as_typed
from masthead.audience.export_formats import Kind
from masthead.audience.filtering import Filter
from masthead.audience.models import MailingList, Subscriber, Subscription, Tag, Tagging
from masthead.audit.recording import record

_AT_ONCE = 2000
_COLUMNS = ("email", "name", "language", "format", "length", "since", "suppressed", "lists", "tags")
_EVERYBODY = Filter()
#: What other parts of the whole hold about a reader, by its name in the file; each enters itself when it is loaded.
ALSO_HELD: dict[str, Callable[[Subscriber], object]] = {}


def reader_data(*, subscriber: Subscriber) -> dict[str, object]:
    """Everything we hold about one reader, as JSON values; times in ISO 8601, UTC."""
    return {
        "address": subscriber.address,
        "name": subscriber.name,
        "language": subscriber.language,
        "format": subscriber.mail_format,
        "length": subscriber.mail_mode or "publication",
        "merged_addresses": [other.address for other in subscriber.merged.order_by("pk")],
        "attributes": subscriber.attributes,
        "tags": [tag.name for tag in subscriber.tags.all()],
        "came_by": subscriber.source,
        "note": subscriber.note,
        "since": _iso(subscriber.created_at),
        "subscriptions": [
            {
                "list": entry.list.name,
                "state": entry.state,
                "since": _iso(entry.since),
                "paused_until": entry.paused_until.isoformat() if entry.paused_until else None,
            }
            for entry in subscriber.subscriptions.select_related("list").order_by("list__name")
        ],
        "passkeys": [{"since": _iso(key.created_at)} for key in subscriber.passkeys.order_by("id")],
        "consent": [
            {
                "what": event.kind,
                "list": event.list.name if event.list else None,
                "at": _iso(event.at),
                "how": event.how,
                "text": event.text.text if event.text else None,
            }
            for event in lookups.timeline(subscriber)
        ],
        **{name: held(subscriber) for name, held in ALSO_HELD.items()},
        "kept_for": retention.as_json(),
    }


def export(
    *,
    kind: Kind,
    asked: Filter | Sequence[int] = _EVERYBODY,
    lists: QuerySet[MailingList] | None = None,
    by: str,
    now: datetime,
) -> Iterator[bytes]:
    """The readers who fit a filter, or those with these ids, piece by piece. `lists`: which may be named, else all.

    The export is recorded before its first piece is read, with what was asked; a text, which may be an address, only as that
    there was one. Raises as `filtering.readers` does.
    """
    said: dict[str, object] = {"chosen": True}
    if isinstance(asked, Filter):
        found, said = filtering.readers(asked, now=now), {**asked.as_json(), "searched": bool(asked.text)}
    else:
        found = Subscriber.objects.filter(pk__in=asked)
    details = {name: value for name, value in said.items() if name not in {"text", "value"}}
    with transaction.atomic():
        subject = f"list:{said['list']}" if "list" in said else "readers"
        record(action="readers.exported", by=by, now=now, subject=subject, details={**details, "format": kind.value})
    called = dict((MailingList.objects.all() if lists is None else lists).values_list("pk", "name"))
    rows = _rows(found, called)
    if kind is Kind.JSON:
        return export_formats.as_json(map(_plain, rows))
    attributes: list[str] = []

    def heading() -> Iterator[str]:
        # Which attributes there are, all readers must be asked: not before the first piece is on its way.
        attributes.extend(_names_of_attributes(found))
        yield from [*_COLUMNS, *attributes]

    write = export_formats.as_xlsx if kind is Kind.XLSX else export_formats.as_csv
    return write(heading(), (_cells(row, attributes) for row in rows))


class _Row(NamedTuple):
    """A reader as files have them: no model, which takes five times as long to make a million of."""

    pk: int
    address: str
    name: str
    language: str
    mail_format: str
    mail_mode: str
    attributes: dict[str, object]
    created_at: datetime
    is_suppressed: bool
    #: Name of each list that the reader is or was on, the state there and since when; and their tags, by name.
    lists: list[tuple[str, str, datetime]]
    tags: list[str]


_FIELDS = ("pk", "address", "name", "language", "mail_format", "mail_mode", "attributes", "created_at", "is_suppressed")


def _rows(found: QuerySet[Subscriber], called: Mapping[int, str]) -> Iterator[_Row]:
    readers = found.annotate(is_suppressed=lookups.is_suppressed()).order_by("pk").values_list(*_FIELDS).iterator(_AT_ONCE)
    tag_names = dict(Tag.objects.values_list("pk", "name"))
    places = {pk: place for place, pk in enumerate(tag_names)}
    while some := list(islice(readers, _AT_ONCE)):
        ids = [row[0] for row in some]
        lists: dict[int, list[tuple[str, str, datetime]]] = {}
        standing = Subscription.objects.filter(subscriber__in=ids, list__in=called)
        for pk, list_id, state, since in standing.values_list("subscriber_id", "list_id", "state", "since"):
            lists.setdefault(pk, []).append((called[list_id], state, since))
        tags: dict[int, list[int]] = {}
        for pk, tag_id in Tagging.objects.filter(subscriber__in=ids).values_list("subscriber_id", "tag_id"):
            if tag_id in tag_names:
                tags.setdefault(pk, []).append(tag_id)
        for row in some:
            put_on = sorted(tags.get(row[0], ()), key=places.__getitem__)
            yield _Row._make((*row, sorted(lists.get(row[0], ())), [tag_names[tag_id] for tag_id in put_on]))


def _names_of_attributes(found: QuerySet[Subscriber]) -> list[str]:
    held = found.order_by().values_list("attributes", flat=True).iterator(_AT_ONCE)
    return sorted(set().union(*held))


def _plain(row: _Row) -> dict[str, object]:
    return {
        "email": row.address,
        "name": row.name,
        "language": row.language,
        "format": row.mail_format,
        "length": row.mail_mode or "publication",
        "since": _iso(row.created_at),
        "suppressed": row.is_suppressed,
        "lists": [{"list": name, "state": state, "since": _iso(since)} for name, state, since in row.lists],
        "tags": row.tags,
        "attributes": row.attributes,
    }


def _cells(row: _Row, attributes: list[str]) -> list[str]:
    fixed = [row.address, row.name, row.language, row.mail_format, row.mail_mode]
    # Who has left must not look like who has not: whoever takes the file elsewhere would write to them again.
    lists = "; ".join(f"{name}: {state}" for name, state, _since in row.lists)
    own = [as_typed(row.attributes.get(name)) for name in attributes]
    since = row.created_at.date().isoformat()
    return [*fixed, since, "yes" if row.is_suppressed else "no", lists, "; ".join(row.tags), *own]


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
