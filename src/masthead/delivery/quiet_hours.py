"""The quiet hours of publications: setting them, and what they mean for a campaign."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.delivery.models import Campaign, QuietHours
from masthead.issues.models import Publication
from masthead.mail.pacing import quiet


class BadQuietHours(ValueError):
    """They cannot be kept; the text says why."""


def change(*, publication: Publication, begins: time | None, ends: time | None, by: str, now: datetime) -> None:
    """Set the quiet hours of `publication`; both None for none. Raises BadQuietHours."""
    if (begins is None) != (ends is None):
        raise BadQuietHours(_("Say both when the quiet hours begin and when they end, or neither."))
    if begins is not None and begins == ends:
        raise BadQuietHours(_("The quiet hours would begin and end at the same time. Leave both empty for none."))
    with transaction.atomic():
        if begins is None or ends is None:
            QuietHours.objects.filter(publication=publication).delete()
        else:
            QuietHours.objects.update_or_create(publication=publication, defaults={"begins": begins, "ends": ends})
        details = {"from": str(begins or ""), "until": str(ends or "")}
        record(action="publication.quiet_hours", by=by, now=now, subject=f"publication:{publication.pk}", details=details)


def of(publication: Publication) -> quiet.QuietHours | None:
    """As a value; None when there are none."""
    row = QuietHours.objects.filter(publication=publication).first()
    return quiet.QuietHours(row.begins, row.ends, publication.time_zone) if row else None


def of_campaign(campaign: Campaign) -> quiet.QuietHours | None:
    """Those that count for `campaign`: none for a rehearsal, which wakes nobody, nor after a person let it go on in them."""
    if campaign.edition.is_test or campaign.through_quiet_hours:
        return None
    return of(campaign.edition.publication)


def until(campaign: Campaign, now: datetime) -> datetime | None:
    """When the quiet of this moment ends for `campaign`; None when it is not quiet."""
    hours = of_campaign(campaign)
    return hours.until(now) if hours else None
