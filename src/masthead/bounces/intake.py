"""Taking in what came back: stored raw before anything else, once."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from masthead.bounces.models import RawReport
from masthead.bounces.reading.parts import MOST_BYTES

Via = RawReport.Via


def store(
    *,
    raw: bytes,
    via: RawReport.Via,
    source: str = "",
    envelope_from: str = "",
    envelope_to: str = "",
    size: int = 0,
    now: datetime,
) -> tuple[RawReport, bool]:
    """Keep `raw` until it is read; (the report, whether it is new). The same bytes are the same report, however often they come.

    Of `raw` only what is ever read is kept and compared; `size`, in bytes, is that of the whole mail where only a part came.

    Durable when it returns (unless within a transaction of the caller), so that a mailbox may then forget the mail.
    """
    kept = raw[:MOST_BYTES]
    report, created = RawReport.objects.get_or_create(
        digest=sha256(kept).hexdigest(),
        defaults={
            "via": Via(via),
            "source": source[:200],
            "received_at": now,
            "envelope_from": _text(envelope_from),
            "envelope_to": _text(envelope_to),
            "raw": kept,
            "size": max(len(raw), size),
        },
    )
    return report, created


def _text(value: str) -> str:
    return value.replace("\0", "")[:320]
