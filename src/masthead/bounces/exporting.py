"""Findings going out as a file, for whoever wants to count them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from masthead.audience import export_formats
from masthead.audience.export_formats import Kind
from masthead.audience.exporting import ALSO_HELD
from masthead.audience.models import Subscriber
from masthead.audience.retention import KINDS, Kept
from masthead.audit.recording import record
from masthead.bounces.keeping import REPORTS_KEPT
from masthead.bounces.lookups import of_reader, replies_of_reader
from masthead.bounces.models import Finding

_AT_ONCE = 2000
_COLUMNS = (
    *("id", "came", "kind", "reason", "class", "reply", "status", "dead", "domain", "reader", "named"),
    *("known_by", "issue", "outcome", "rule", "words"),
)


def export(*, findings: QuerySet[Finding], kind: Kind, filters: Mapping[str, object], by: str, now: datetime) -> Iterator[bytes]:
    """`findings` piece by piece, with the readers' addresses. The export is recorded before its first piece is read.

    `filters` goes into the record; what was searched for does not belong in it, since it may be an address.
    """
    with transaction.atomic():
        record(action="bounces.exported", by=by, now=now, subject="bounces", details={"format": kind.value, **filters})
    rows = findings.order_by("pk").iterator(_AT_ONCE)
    if kind is Kind.JSON:
        return export_formats.as_json(dict(zip(_COLUMNS, _cells(each), strict=True)) for each in rows)
    write = export_formats.as_xlsx if kind is Kind.XLSX else export_formats.as_csv
    return write(_COLUMNS, (_cells(each) for each in rows))


def _cells(finding: Finding) -> list[str]:
    return [
        str(finding.pk),
        finding.found_at.isoformat(),
        finding.kind,
        finding.reason,
        finding.status_class,
        finding.reply,
        finding.status,
        "yes" if finding.dead else "no",
        finding.domain,
        finding.subscriber.address if finding.subscriber else "",
        finding.address,
        finding.identity,
        finding.campaign.edition.label if finding.campaign else "",
        finding.outcome,
        finding.rule,
        finding.words,
    ]


def replies_of(subscriber: Subscriber) -> list[dict[str, str]]:
    """What a reader wrote, as far as it is kept, for the file of what is held about them.

    Not what somebody else answered to a mail that the reader had passed on: that is theirs.
    """
    return [
        {
            "at": reply.received_at.isoformat(timespec="seconds"),
            "from": reply.sender,
            "subject": reply.subject,
            "text": reply.text,
        }
        for reply in replies_of_reader(subscriber).filter(sender__iexact=subscriber.address)
    ]


def came_back_of(subscriber: Subscriber) -> list[dict[str, str]]:
    """What came back of the mails to a reader and what was made of it, newest first."""
    return [
        {
            "at": finding.found_at.isoformat(timespec="seconds"),
            "what": finding.kind,
            "reason": finding.reason,
            "words": finding.words,
            "outcome": finding.outcome,
        }
        for finding in of_reader(subscriber)
    ]


def register() -> None:
    """Enter it in the file of what is held about a reader, and how long it is kept."""
    ALSO_HELD["came_back"] = came_back_of
    KINDS["came_back"] = lambda: Kept(gettext_lazy("Why a mail to you came back"))
    KINDS["replies"] = lambda: Kept(gettext_lazy("Mails that came back, and your replies to our mails"), REPORTS_KEPT.days)
