"""Alarms: what a receiver holds against us costs no reader anything; a person is told once, and sending may stop for it.

An alarm about one receiving domain stops the sending to its provider; one about all of them together stops the campaign.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.bounces import policies, rules
from masthead.bounces.models import Alarm, Finding
from masthead.bounces.reasons import REASONS
from masthead.bounces.rules import Thresholds
from masthead.delivery import campaigns, holding, lookups
from masthead.delivery.models import Campaign, Delivery
from masthead.mail import provider_limits
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
    for alarm in new:
        if alarm.paused:
            _stop(campaign, alarm, now)
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
        words = _("%(where)s: %(count)d of %(of)d mails refused for a reason that is ours to mend: %(reason)s.")
    reason = REASONS.get(alarm.reason, alarm.reason) if alarm.reason else _("several")
    return words % {"where": where, "count": alarm.count, "of": alarm.out_of, "reason": reason}


def _refused(campaign: Campaign, answered: int, thresholds: Thresholds, now: datetime) -> list[Alarm]:
    refusals = campaign.findings.filter(kind="bounce", outcome=Finding.Outcome.ALARM)
    counts = Counter(refusals.values_list("domain", "reason"))
    new: list[Alarm] = []
    elsewhere = answered
    for domain in sorted({domain for domain, _reason in counts}):
        reasons = {reason: count for (where, reason), count in counts.items() if where == domain}
        total, here = sum(reasons.values()), _answered_at(campaign, domain)
        if domain and rules.stops_for_refusals(refused=total, answered=here, thresholds=thresholds):
            new += _raise(campaign, Kind.REFUSED, domain, "", count=total, out_of=here, stops=True, now=now)
            # What is stopped says nothing about the others.
            elsewhere -= here
            counts = Counter({key: count for key, count in counts.items() if key[0] != domain})
            continue
        for reason, count in reasons.items():
            if count >= thresholds.alarm_least:
                new += _raise(campaign, Kind.REFUSED, domain, reason, count=count, out_of=here, stops=False, now=now)
    if rules.stops_for_refusals(refused=counts.total(), answered=elsewhere, thresholds=thresholds):
        new += _raise(campaign, Kind.REFUSED, "", "", count=counts.total(), out_of=elsewhere, stops=True, now=now)
    return new


def _complained(campaign: Campaign, accepted: int, thresholds: Thresholds, now: datetime) -> list[Alarm]:
    """By receiving domain, as the receivers count, and of all together."""
    complaints = campaign.findings.filter(kind="complaint", outcome=Finding.Outcome.COMPLAINED)
    counts = Counter(complaints.values_list("domain", flat=True))
    new: list[Alarm] = []
    if not counts or accepted < thresholds.complaint_least:
        return new
    total, elsewhere, of_the_others = counts.total(), accepted, counts.total()
    for domain, count in [(domain, count) for domain, count in counts.items() if domain]:
        here = _accepted_at(campaign, domain)
        level = rules.complaint_level(complaints=count, accepted=here, thresholds=thresholds)
        if level:
            new += _raise(campaign, Kind.COMPLAINTS, domain, "", count=count, out_of=here, stops=level == "pause", now=now)
        if level == "pause":
            elsewhere, of_the_others = elsewhere - here, of_the_others - count
    if level := rules.complaint_level(complaints=total, accepted=accepted, thresholds=thresholds):
        # What the receivers that are stopped complain about is stopped; the others stop if it is many of theirs.
        others = rules.complaint_level(complaints=of_the_others, accepted=elsewhere, thresholds=thresholds)
        stops = others == "pause"
        new += _raise(campaign, Kind.COMPLAINTS, "", "", count=total, out_of=accepted, stops=stops, now=now)
    return new


def _accepted_at(campaign: Campaign, domain: str) -> int:
    return lookups.in_state(campaign, Delivery.State.ACCEPTED).filter(subscriber__domain=domain).count()


def _answered_at(campaign: Campaign, domain: str) -> int:
    answered = lookups.in_state(campaign, Delivery.State.ACCEPTED, Delivery.State.REJECTED)
    return answered.filter(subscriber__domain=domain).count()


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


def _stop(campaign: Campaign, alarm: Alarm, now: datetime) -> None:
    if alarm.domain:
        provider = provider_limits.known().providers.of(alarm.domain)
        holding.hold(campaign_id=campaign.pk, provider=provider, why=_why(alarm), by=BY, now=now)
    elif campaign.state == Campaign.State.SENDING:
        campaigns.pause(campaign=campaign, by=BY, now=now, why=_why(alarm))


def _why(alarm: Alarm) -> str:
    return _("Stopped before it does more harm. %(what)s A person decides whether it goes on.") % {"what": sentence(alarm)}


def _tell_owners(campaign: Campaign, alarms: list[Alarm]) -> None:
    subject = _("No. %(number)s: receivers hold something against it") % {"number": campaign.edition.label}
    text = _(
        "%(what)s\n\nNo reader was suppressed for any of this.%(stopped)s\n\nAt the desk, under “What came back”, “Alarms”, "
        "stands what can be done about it.\n"
    ) % {
        "what": "\n".join(sentence(alarm) for alarm in alarms),
        "stopped": _stopped(alarms),
    }
    for owner in User.objects.filter(role=Role.OWNER, is_active=True):
        send_mail(subject, text, None, [owner.email])


def _stopped(alarms: list[Alarm]) -> str:
    stopped = [alarm.domain for alarm in alarms if alarm.paused]
    if not stopped:
        return ""
    if "" in stopped:
        return " " + _("The sending was stopped.")
    return " " + _("The sending to %(domains)s was stopped; the rest goes on.") % {"domains": ", ".join(sorted(stopped))}
