"""How long what came back is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from masthead.bounces.models import Finding, RawReport

#: Raw mails hold addresses: they go after this; what was found in them stays, without an address.
REPORTS_KEPT = timedelta(days=90)


def forget(*, now: datetime) -> int:
    """Forget raw reports past their time, and the addresses of findings that nobody was known for. Returns how many reports."""
    before = now - REPORTS_KEPT
    Finding.objects.filter(found_at__lt=before).exclude(address="").update(address="")
    return RawReport.objects.filter(received_at__lt=before).delete()[1].get("bounces.RawReport", 0)
