"""What others may ask about what came back. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Count, Q, QuerySet

from masthead.audience.models import Subscriber
from masthead.bounces.models import Finding, RawReport
from masthead.bounces.reading.finding import DEAD
from masthead.bounces.rules import OURS
from masthead.delivery.models import Campaign
from masthead.mail import sealing

Outcome = Finding.Outcome
#: Identified by what only a mail that was handed over can have brought back.
_CAME_BACK = (Finding.Identity.TOKEN, Finding.Identity.MESSAGE_ID)


#: What a reason says about whom: the address is dead, we or a policy are to blame, or neither.
Blame = Literal["dead", "ours", "other"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Many refusals for which we or a policy are to blame, by one receiving domain."""

    domain: str
    reason: str
    count: int
    latest: datetime


def proves_accepted(delivery_ids: Iterable[int]) -> set[int]:
    """Of these deliveries, those of which something came back by token or Message-ID: the relay must have taken them.

    Nobody but a server that had the mail, or its reader, can know either.
    """
    found = Finding.objects.filter(delivery__in=list(delivery_ids), identity__in=_CAME_BACK)
    return set(found.values_list("delivery_id", flat=True))


def by_message_id(message_id: str) -> Finding | None:
    """The newest finding about the mail with this Message-ID (with or without angle brackets), or None."""
    number = sealing.unseal(sealing.MESSAGE_ID, message_id.strip("<> ").partition("@")[0])
    if number:
        return Finding.objects.filter(delivery=number, identity__in=_CAME_BACK).order_by("-id").first()
    return None


def of_campaign(campaign: Campaign) -> QuerySet[Finding]:
    """All findings of `campaign`, newest first."""
    return campaign.findings.select_related("subscriber").order_by("-id")


def of_reader(subscriber: Subscriber) -> QuerySet[Finding]:
    """All findings about one reader, newest first."""
    return subscriber.findings.select_related("campaign__edition").order_by("-id")


def search(
    *,
    text: str = "",
    kind: str = "",
    outcome: str = "",
    reason: str = "",
    domain: str = "",
    campaign: Campaign | None = None,
) -> QuerySet[Finding]:
    """Findings, newest first. `text` is a part of a reader's address, or of one that the report names; the others are exact."""
    exact = {"kind": kind, "outcome": outcome, "reason": reason, "domain": domain.strip().lower()}
    found = Finding.objects.filter(**{name: value for name, value in exact.items() if value})
    if campaign is not None:
        found = found.filter(campaign=campaign)
    if text:
        found = found.filter(Q(subscriber__address__icontains=text) | Q(address__icontains=text))
    return found.select_related("subscriber", "campaign__edition").order_by("-id")


def blame_of(reason: str) -> Blame:
    """Whom a bounce with this reason speaks about."""
    return "dead" if reason in DEAD else "ours" if reason in OURS else "other"


def campaigns_with_findings() -> QuerySet[Campaign]:
    """The campaigns of which anything came back, newest first, each with how many findings are held."""
    waiting = Count("findings", filter=Q(findings__outcome=Outcome.HELD))
    found = Campaign.objects.filter(findings__isnull=False).select_related("edition__publication")
    return found.annotate(held=waiting).order_by("-id")


def held_campaigns() -> QuerySet[Campaign]:
    """The campaigns of which findings wait for a person, the oldest first."""
    held = Finding.objects.filter(outcome=Outcome.HELD).values("campaign")
    return Campaign.objects.filter(pk__in=held).select_related("edition__publication").order_by("id")


def reasons_of(campaign: Campaign) -> list[tuple[str, str, int]]:
    """(reason, receiving domain, readers) of the bounces of `campaign`, the most frequent first; the erased count, too."""
    bounces = campaign.findings.filter(kind="bounce").values_list("reason", "domain")
    counted = bounces.annotate(readers=Count("delivery", distinct=True)).order_by("-readers", "reason", "domain")
    return [(reason, domain, readers) for reason, domain, readers in counted]


def outcomes_of(campaign: Campaign) -> dict[str, int]:
    """How many findings of `campaign` had each outcome."""
    return dict(campaign.findings.values_list("outcome").annotate(count=Count("pk")).order_by("outcome"))


def attention() -> int:
    """How many things of what came back ask for a person: campaigns with held findings, reports that could not be read."""
    return held_campaigns().count() + unread().count()


def held(campaign: Campaign) -> int:
    """How many findings of `campaign` wait for a person's decision."""
    return campaign.findings.filter(outcome=Outcome.HELD).count()


def alarms(*, now: datetime, hours: int = 24, least: int = 5) -> list[Alarm]:
    """Receiving domains that refused at least `least` mails in the last `hours` for reasons that are ours to mend."""
    recent = Finding.objects.filter(found_at__gt=now - timedelta(hours=hours), kind="bounce", reason__in=sorted(OURS))
    counts: dict[tuple[str, str], list[datetime]] = {}
    for domain, reason, at in recent.values_list("domain", "reason", "found_at").iterator():
        counts.setdefault((domain, reason), []).append(at)
    found = [Alarm(domain, reason, len(times), max(times)) for (domain, reason), times in counts.items() if len(times) >= least]
    return sorted(found, key=lambda alarm: (-alarm.count, alarm.domain, alarm.reason))


def unread() -> QuerySet[RawReport]:
    """The reports that could not be read, newest first."""
    return RawReport.objects.filter(state=RawReport.State.UNREAD).order_by("-id")
