"""Starting a campaign: its time has come, the audience is taken, the ledger is written."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from masthead.audience.segments.compiling import SegmentBroken
from masthead.audit.recording import record
from masthead.delivery import narrowing, waking
from masthead.delivery.ledger import snapshot
from masthead.delivery.models import Campaign
from masthead.issues.models import Issue
from masthead.mail.headers import references
from masthead.mail.transports import choosing

State = Campaign.State

#: A machine that was off for longer does not begin to send in the middle of another day; a person decides.
LATEST = timedelta(hours=6)


def start(*, campaign_id: int, now: datetime) -> Campaign | None:
    """Write the ledger of a scheduled campaign whose time has come. None: there is nothing to start (any more).

    The state "preparing" is committed first, so that screens can show it; the snapshot and the state "sending" are one
    transaction. After a crash in between the sweep calls this again, and it begins with the snapshot.
    """
    if not _claim(campaign_id, now):
        return None
    with transaction.atomic():
        # Two campaigns of one issue are started one after the other: the second sees whom the first has taken.
        Issue.objects.select_for_update(of=("self",)).filter(editions__campaigns=campaign_id).first()
        campaign = Campaign.objects.select_for_update(of=("self",)).select_related("edition__publication").get(pk=campaign_id)
        if campaign.state != State.PREPARING:
            return None
        zone = ZoneInfo(campaign.edition.publication.time_zone)
        try:
            narrowed = narrowing.of_campaign(campaign).condition(now)
        except SegmentBroken as error:
            _not_started(campaign, str(error), now)
            return None
        taken = snapshot.take(
            campaign,
            at=int(now.timestamp()),
            today=now.astimezone(zone).date(),
            range_size=settings.RANGE_SIZE,
            narrowed=narrowed,
        )
        campaign.audience, campaign.first_delivery, campaign.last_delivery = taken.audience, taken.first, taken.last
        # Kept with the campaign: a mail that is sent again has the same bytes whatever was decided in between.
        campaign.shared_links = campaign.edition.publication.counts_links
        campaign.tracks_readers = campaign.edition.publication.tracks_readers
        campaign.providers = [] if campaign.edition.is_test else references.providers_of(choosing.hosts_in_use())
        campaign.state = State.SENDING
        campaign.started_at = now
        campaign.deadline_at = now + timedelta(hours=campaign.deadline_hours)
        if taken.audience == 0:
            campaign.attention = _("Nobody was left to send to when the time came: no active reader without this issue.")
        campaign.save(
            update_fields=[
                "audience",
                "first_delivery",
                "last_delivery",
                "state",
                "started_at",
                "deadline_at",
                "attention",
                "shared_links",
                "tracks_readers",
                "providers",
            ]
        )
        record(
            action="campaign.started",
            by="system",
            now=now,
            subject=f"campaign:{campaign.pk}",
            details={"readers": taken.audience},
        )
        waking.ranges_of(campaign.pk)
    return campaign


def _not_started(campaign: Campaign, why: str, now: datetime) -> None:
    """A segment of it cannot be used: better nobody than everybody."""
    campaign.state = State.DRAFT
    campaign.attention = _("Nothing was sent. %(why)s Change the segment or choose the readers again, and send it then.") % {
        "why": why
    }
    campaign.save(update_fields=["state", "attention"])
    record(action="campaign.missed", by="system", now=now, subject=f"campaign:{campaign.pk}", details={"why": why})


def _claim(campaign_id: int, now: datetime) -> bool:
    """Whether the campaign is to be started by us: scheduled and due, or left in "preparing" by a crash."""
    campaign = Campaign.objects.filter(pk=campaign_id).select_related("edition__publication").first()
    if campaign is None:
        return False
    if campaign.state == State.PREPARING:
        return True
    if campaign.state != State.SCHEDULED or campaign.starts_at is None or campaign.starts_at > now:
        return False
    scheduled = Campaign.objects.filter(pk=campaign_id, state=State.SCHEDULED)
    if now - campaign.starts_at > LATEST:
        zone = ZoneInfo(campaign.edition.publication.time_zone)
        due = date_format(campaign.starts_at.astimezone(zone), "DATETIME_FORMAT")
        why = _("It was to start at %(due)s, but nothing ran then. Schedule it again for a time of your choice.") % {"due": due}
        if scheduled.update(state=State.DRAFT, attention=why):
            record(action="campaign.missed", by="system", now=now, subject=f"campaign:{campaign_id}", details={"due": due})
        return False
    return scheduled.update(state=State.PREPARING) == 1
