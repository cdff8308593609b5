"""Readers' data going out: one reader's as JSON, for them; a filter's as CSV, XLSX or JSON, for staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from masthead.audience import export_formats, filtering, lookups
from masthead.audience.attributes import as_typed
from masthead.audience.export_formats import Kind
from masthead.audience.filtering import Filter
from masthead.audience.models import MailingList, Subscriber
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
    found = found.annotate(is_suppressed=lookups.is_suppressed()).prefetch_related("tags", "subscriptions").order_by("pk")
    readers = found.iterator(_AT_ONCE)
    called = dict((MailingList.objects.all() if lists is None else lists).values_list("pk", "name"))
    if kind is Kind.JSON:
        return export_formats.as_json(_plain(reader, called) for reader in readers)
    attributes: list[str] = []

    def heading() -> Iterator[str]:
        # Which attributes there are, all readers must be asked: not before the first piece is on its way.
        attributes.extend(_names_of_attributes(found))
        yield from [*_COLUMNS, *attributes]

    write = export_formats.as_xlsx if kind is Kind.XLSX else export_formats.as_csv
    return write(heading(), (_cells(reader, called, attributes) for reader in readers))


def _names_of_attributes(found: QuerySet[Subscriber]) -> list[str]:
    held = found.prefetch_related(None).order_by().values_list("attributes", flat=True).iterator(_AT_ONCE)
    return sorted({name for each in held for name in each})


def _plain(reader: Subscriber, called: Mapping[int, str]) -> dict[str, object]:
    return {
        "email": reader.address,
        "name": reader.name,
        "language": reader.language,
        "format": reader.mail_format,
        "length": reader.mail_mode or "publication",
        "since": _iso(reader.created_at),
        "suppressed": bool(getattr(reader, "is_suppressed", False)),
        "lists": [{"list": name, "state": state, "since": _iso(since)} for name, state, since in _standing(reader, called)],
        "tags": [tag.name for tag in reader.tags.all()],
        "attributes": reader.attributes,
    }


def _cells(reader: Subscriber, called: Mapping[int, str], attributes: list[str]) -> list[str]:
    suppressed = "yes" if getattr(reader, "is_suppressed", False) else "no"
    since = reader.created_at.date().isoformat()
    own = [as_typed(reader.attributes.get(name)) for name in attributes]
    tags = "; ".join(tag.name for tag in reader.tags.all())
    fixed = [reader.address, reader.name, reader.language, reader.mail_format, reader.mail_mode]
    # Who has left must not look like who has not: whoever takes the file elsewhere would write to them again.
    lists = "; ".join(f"{name}: {state}" for name, state, _since in _standing(reader, called))
    return [*fixed, since, suppressed, lists, tags, *own]


def _standing(reader: Subscriber, called: Mapping[int, str]) -> list[tuple[str, str, datetime]]:
    """Name of each list that the reader is or was on, the state there and since when."""
    on = reader.subscriptions.all()
    return sorted((called[one.list_id], one.state, one.since) for one in on if one.list_id in called)


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
