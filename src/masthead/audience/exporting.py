"""Readers' data going out: one reader's as JSON, for them; a list as CSV, for staff."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from masthead.audience import lookups
from masthead.audience.models import MailingList, Subscriber
from masthead.audit.recording import record
from masthead.common.csv_cells import defuse

_AT_ONCE = 2000


def reader_data(*, subscriber: Subscriber) -> dict[str, object]:
    """Everything we hold about one reader, as JSON values; times in ISO 8601, UTC."""
    return {
        "address": subscriber.address,
        "name": subscriber.name,
        "language": subscriber.language,
        "format": subscriber.mail_format,
        "length": subscriber.mail_mode or "publication",
        "attributes": subscriber.attributes,
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


def list_as_csv(*, mailing_list: MailingList | None, state: str = "", by: str, now: datetime) -> Iterator[str]:
    """The readers of a list (None: all) as CSV, line by line; the export is recorded before its first line is read.

    Cells that a spreadsheet would take for a formula are defused, and all are quoted.
    """
    with transaction.atomic():
        subject = f"list:{mailing_list.pk}" if mailing_list else "all readers"
        record(action="readers.exported", by=by, now=now, subject=subject, details={"state": state})
    found = lookups.search(mailing_list=mailing_list, state=state).prefetch_related(None).order_by("pk")
    attributes = sorted({name for reader in found.only("attributes").iterator(_AT_ONCE) for name in reader.attributes})
    return _lines(found.iterator(_AT_ONCE), attributes)


def _lines(readers: Iterable[Subscriber], attributes: list[str]) -> Iterator[str]:
    yield "\ufeff" + _line(["email", "name", "language", "format", "length", "since", "suppressed", *attributes])
    for reader in readers:
        suppressed = "yes" if getattr(reader, "is_suppressed", False) else "no"
        own = [str(reader.attributes.get(name, "")) for name in attributes]
        since = reader.created_at.date().isoformat()
        yield _line([reader.address, reader.name, reader.language, reader.mail_format, reader.mail_mode, since, suppressed, *own])


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([defuse(cell) for cell in cells])
    return buffer.getvalue()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
