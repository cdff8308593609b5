"""Readers' data going out: one reader's as JSON, for them; a list or a search as CSV, XLSX or JSON, for staff."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from masthead.audience import export_formats, lookups
from masthead.audience.attributes import as_typed
from masthead.audience.export_formats import Kind
from masthead.audience.models import MailingList, Subscriber
from masthead.audit.recording import record

_AT_ONCE = 2000
_COLUMNS = ("email", "name", "language", "format", "length", "since", "suppressed")


def reader_data(*, subscriber: Subscriber) -> dict[str, object]:
    """Everything we hold about one reader, as JSON values; times in ISO 8601, UTC."""
    return {
        "address": subscriber.address,
        "name": subscriber.name,
        "language": subscriber.language,
        "format": subscriber.mail_format,
        "length": subscriber.mail_mode or "publication",
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
    }


def export(
    *, kind: Kind, mailing_list: MailingList | None = None, state: str = "", text: str = "", by: str, now: datetime
) -> Iterator[bytes]:
    """The readers of a list (None: all), in a state and with `text` in address or name, piece by piece.

    The export is recorded before its first piece is read. `text` stays out of the record: it may be an address.
    """
    with transaction.atomic():
        subject = f"list:{mailing_list.pk}" if mailing_list else "all readers"
        details: dict[str, object] = {"state": state, "format": kind.value, "searched": bool(text)}
        record(action="readers.exported", by=by, now=now, subject=subject, details=details)
    found = lookups.search(text=text, mailing_list=mailing_list, state=state).prefetch_related(None).order_by("pk")
    readers = found.iterator(_AT_ONCE)
    if kind is Kind.JSON:
        return export_formats.as_json(_plain(reader) for reader in readers)
    names = found.values_list("attributes", flat=True).iterator(_AT_ONCE)
    attributes = sorted({name for held in names for name in held})
    write = export_formats.as_xlsx if kind is Kind.XLSX else export_formats.as_csv
    return write([*_COLUMNS, *attributes], (_cells(reader, attributes) for reader in readers))


def _plain(reader: Subscriber) -> dict[str, object]:
    return {
        "email": reader.address,
        "name": reader.name,
        "language": reader.language,
        "format": reader.mail_format,
        "length": reader.mail_mode or "publication",
        "since": _iso(reader.created_at),
        "suppressed": bool(getattr(reader, "is_suppressed", False)),
        "attributes": reader.attributes,
    }


def _cells(reader: Subscriber, attributes: list[str]) -> list[str]:
    suppressed = "yes" if getattr(reader, "is_suppressed", False) else "no"
    since = reader.created_at.date().isoformat()
    own = [as_typed(reader.attributes.get(name)) for name in attributes]
    return [reader.address, reader.name, reader.language, reader.mail_format, reader.mail_mode, since, suppressed, *own]


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
