"""What became of one campaign, in sums: for the page that is read after sending. Asks and changes nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from masthead.audience.models import ConsentEvent
from masthead.bounces.models import Finding
from masthead.common.addresses import BadAddress, domain_to_ascii
from masthead.delivery import lookups
from masthead.delivery.lookups import Progress
from masthead.delivery.models import Campaign, Delivery
from masthead.mail import provider_limits

State = Delivery.State
#: Told by a mail that came back, not by the relay's answer while it was sent.
_CAME_BACK = (Finding.Identity.TOKEN, Finding.Identity.MESSAGE_ID)


@dataclass(frozen=True, slots=True)
class ProviderSum:
    """One receiving provider, or a domain that is nobody's known. In readers; what was refused was never accepted."""

    name: str
    accepted: int
    refused: int
    #: Accepted first, and then sent back.
    came_back: int
    complaints: int

    @property
    def total(self) -> int:
        """All of whom the answer is known."""
        return self.accepted + self.refused

    @property
    def stayed(self) -> int:
        """Accepted and not sent back: nobody knows more without a report."""
        return max(0, self.accepted - self.came_back)


@dataclass(frozen=True, slots=True)
class Report:
    """The whole, and by provider, the biggest first."""

    progress: Progress
    came_back: int
    complaints: int
    #: Readers who left one of its lists themselves from its start on, until the next campaign of these lists started.
    left: int
    providers: tuple[ProviderSum, ...]

    @property
    def refused(self) -> int:
        """Refused for good, or given up at the deadline."""
        return self.progress.rejected + self.progress.expired

    @property
    def complaints_in_10_000(self) -> float:
        """Of the accepted mails; 0 when there are none."""
        return 10_000 * self.complaints / self.progress.accepted if self.progress.accepted else 0.0


def report(campaign: Campaign) -> Report:
    """The sums of `campaign` as they are now; they may still grow, since bounces take days."""
    back = _back_by_domain(campaign)
    complaints = _by_domain(campaign, kind="complaint", outcome=Finding.Outcome.COMPLAINED)
    return Report(
        progress=lookups.progress(campaign),
        came_back=sum(back.values()),
        complaints=sum(complaints.values()),
        left=_left(campaign),
        providers=_providers(campaign, back, complaints),
    )


def came_back(campaign: Campaign) -> int:
    """Readers whose mail was accepted first and then sent back, as it is now."""
    return sum(_back_by_domain(campaign).values())


def _providers(campaign: Campaign, back: dict[str, int], complaints: dict[str, int]) -> tuple[ProviderSum, ...]:
    answered = lookups.in_state(campaign, State.ACCEPTED, State.REJECTED, State.EXPIRED)
    rows = answered.values_list("subscriber__domain", "state").annotate(readers=Count("pk")).order_by()
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("accepted", "refused", "came_back", "complaints"), 0))
    known = provider_limits.known().providers

    def provider(domain: str | None) -> str:
        try:
            return known.of(domain_to_ascii(domain)) if domain else "?"
        except BadAddress:
            return domain or "?"

    for domain, state, readers in rows:
        sums[provider(domain)]["accepted" if state == State.ACCEPTED else "refused"] += readers
    for name, counts in (("came_back", back), ("complaints", complaints)):
        for domain, readers in counts.items():
            sums[provider(domain)][name] += readers
    found = [ProviderSum(name=name, **counts) for name, counts in sums.items()]
    return tuple(sorted(found, key=lambda each: (-each.total, each.name)))


def _back_by_domain(campaign: Campaign) -> dict[str, int]:
    return _by_domain(campaign, kind="bounce", identity__in=_CAME_BACK)


def _by_domain(campaign: Campaign, **values: object) -> dict[str, int]:
    found = campaign.findings.filter(**values).values_list("domain")
    return {domain: readers for domain, readers in found.annotate(readers=Count("delivery", distinct=True)).order_by() if readers}


def _left(campaign: Campaign) -> int:
    if campaign.started_at is None:
        return 0
    lists = list(campaign.lists(manager="every").all())
    events = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.WITHDRAWN, by="reader", list__in=lists)
    events = events.filter(at__gte=campaign.started_at)
    until = _next_start(campaign)
    if until is not None:
        events = events.filter(at__lt=until)
    return events.aggregate(readers=Count("subscriber", distinct=True))["readers"] or 0


def _next_start(campaign: Campaign) -> datetime | None:
    later = Campaign.objects.filter(lists__in=campaign.lists(manager="every").all(), started_at__gt=campaign.started_at)
    return later.order_by("started_at").values_list("started_at", flat=True).first()
