"""Alarms: what a receiver holds against us costs no reader anything; a person is told once, and a campaign may stop for it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.bounces import policies, rules
from masthead.bounces.models import Alarm, Finding
from masthead.bounces.rules import OURS, Thresholds
from masthead.delivery import campaigns, lookups
from masthead.delivery.models import Campaign, Delivery
from masthead.team.models import Role, User

Kind = Alarm.Kind
_LATELY = timedelta(days=2)
BY = "system"


def sweep(*, now: datetime) -> list[Alarm]:
    """Look at the campaigns of which something alarming came back of late. Returns the alarms that are new or stopped one."""
    outcomes = (Finding.Outcome.ALARM, Finding.Outcome.COMPLAINED)
    recent = Finding.objects.filter(found_at__gt=now - _LATELY, outcome__in=outcomes, campaign__isnull=False)
    thresholds = policies.current()
    raised: list[Alarm] = []
    for campaign_id in recent.order_by().values_list("campaign", flat=True).distinct():
        raised += look(
            campaign=Campaign.objects.select_related("edition__publication").get(pk=campaign_id), thresholds=thresholds, now=now
        )
    return raised


@transaction.atomic
def look(*, campaign: Campaign, thresholds: Thresholds, now: datetime) -> list[Alarm]:
    """Raise what is due about `campaign`, tell the owners by one mail, and stop the sending where it is that bad.

    Each alarm is raised once and stops the sending once: a person who lets it go on has decided. Returns what is new.
    """
    progress = lookups.progress(campaign)
    answered = progress.accepted + progress.rejected
    new = [
        *_refused(campaign, answered, thresholds, now),
        *_complained(campaign, progress.accepted, thresholds, now),
    ]
    stopping = next((alarm for alarm in new if alarm.paused), None)
    if stopping is not None and campaign.state == Campaign.State.SENDING:
        campaigns.pause(campaign=campaign, by=BY, now=now, why=_why(stopping))
    if new:
        _tell_owners(campaign, new)
    return new


@transaction.atomic
def settle(*, alarm: Alarm, by: str, now: datetime) -> None:
    """A person has seen to it; twice is once."""
    if Alarm.objects.filter(pk=alarm.pk, settled_at=None).update(settled_at=now, settled_by=by):
        record(action="bounces.alarm_settled", by=by, now=now, subject=f"alarm:{alarm.pk}", details={"domain": alarm.domain})


def sentence(alarm: Alarm) -> str:
    """The alarm in words."""
    where = alarm.domain or _("all receivers together")
    if alarm.kind == Kind.COMPLAINTS:
        words = _("%(where)s: %(count)d complaints about %(of)d accepted mails.")
    else:
        words = _("%(where)s: %(count)d of %(of)d mails refused for a reason that is ours to mend (%(reason)s).")
    return words % {"where": where, "count": alarm.count, "of": alarm.out_of, "reason": alarm.reason or _("several")}


def _refused(campaign: Campaign, answered: int, thresholds: Thresholds, now: datetime) -> list[Alarm]:
    refusals = campaign.findings.filter(kind="bounce", outcome=Finding.Outcome.ALARM, reason__in=sorted(OURS))
    counts = Counter(refusals.values_list("domain", "reason"))
    new = []
    for (domain, reason), count in counts.items():
        if count >= thresholds.alarm_least:
            new += _raise(campaign, Kind.REFUSED, domain, reason, count=count, out_of=answered, stops=False, now=now)
    total = counts.total()
    if rules.stops_for_refusals(refused=total, answered=answered, thresholds=thresholds):
        new += _raise(campaign, Kind.REFUSED, "", "", count=total, out_of=answered, stops=True, now=now)
    return new


def _complained(campaign: Campaign, accepted: int, thresholds: Thresholds, now: datetime) -> list[Alarm]:
    """By receiving domain, as the receivers count, and of all together."""
    complaints = campaign.findings.filter(kind="complaint", outcome=Finding.Outcome.COMPLAINED)
    counts = Counter(complaints.values_list("domain", flat=True))
    new = []
    for domain, count in [("", counts.total()), *counts.items()]:
        if not count or accepted < thresholds.complaint_least:
            continue
        out_of = accepted if not domain else _accepted_at(campaign, domain)
        level = rules.complaint_level(complaints=count, accepted=out_of, thresholds=thresholds)
        if level:
            new += _raise(campaign, Kind.COMPLAINTS, domain, "", count=count, out_of=out_of, stops=level == "pause", now=now)
    return new


def _accepted_at(campaign: Campaign, domain: str) -> int:
    accepted = campaign.deliveries.filter(state__gt=1, state=Delivery.State.ACCEPTED)
    return accepted.filter(subscriber__domain=domain).count()


def _raise(
    campaign: Campaign, kind: Alarm.Kind, domain: str, reason: str, *, count: int, out_of: int, stops: bool, now: datetime
) -> list[Alarm]:
    """The alarm, if it is new or stops the sending only now; its numbers are kept current in any case."""
    alarm, created = Alarm.objects.get_or_create(
        campaign=campaign,
        kind=kind,
        domain=domain,
        reason=reason,
        defaults={"count": count, "out_of": out_of, "raised_at": now, "paused": stops},
    )
    stops_now = stops and not alarm.paused
    if not created and (alarm.count, alarm.out_of, alarm.paused) != (count, out_of, alarm.paused or stops):
        alarm.count, alarm.out_of, alarm.paused = count, out_of, alarm.paused or stops
        alarm.save(update_fields=["count", "out_of", "paused"])
    if not created and not stops_now:
        return []
    details = {"kind": kind.value, "domain": domain, "reason": reason, "count": count, "out_of": out_of, "stops": stops}
    record(action="bounces.alarm_raised", by=BY, now=now, subject=f"campaign:{campaign.pk}", details=details)
    return [alarm]


def _why(alarm: Alarm) -> str:
    return _("Stopped before it does more harm. %(what)s A person decides whether it goes on.") % {"what": sentence(alarm)}


def _tell_owners(campaign: Campaign, alarms: list[Alarm]) -> None:
    subject = _("No. %(number)s: receivers hold something against it") % {"number": campaign.edition.label}
    text = _(
        "%(what)s\n\nNo reader was suppressed for any of this.%(stopped)s\n\nAt the desk, under “What came back”, “Alarms”, "
        "stands what can be done about it.\n"
    ) % {
        "what": "\n".join(sentence(alarm) for alarm in alarms),
        "stopped": " " + _("The sending was stopped.") if any(alarm.paused for alarm in alarms) else "",
    }
    for owner in User.objects.filter(role=Role.OWNER, is_active=True):
        send_mail(subject, text, None, [owner.email])
