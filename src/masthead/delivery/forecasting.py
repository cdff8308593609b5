"""When a campaign will be through: from limits, warm-up, quiet hours and the pace of late."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q

from masthead.audience import lookups as audience
from masthead.audience.models import MailingList
from masthead.delivery import quiet_hours
from masthead.delivery.lookups import Progress
from masthead.delivery.models import Campaign
from masthead.issues.models import Publication
from masthead.mail import allowances, provider_limits, slowing
from masthead.mail.pacing.forecast import Forecast, forecast
from masthead.mail.pacing.limits import Limits
from masthead.mail.pacing.quiet import QuietHours
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.transports import choosing
from masthead.mail.transports.base import TransportConfig

#: Who waits, by domain, is counted anew after so many seconds: it reads every open row.
_KEPT_SECONDS = 120


def of_campaign(campaign: Campaign, progress: Progress, *, now: datetime) -> Forecast | None:
    """For a campaign that is being sent or rests; None where nothing but its own pace bounds it."""
    publication = campaign.edition.publication
    if campaign.edition.is_test or not progress.open:
        return None
    rate = float(progress.rate) if progress.rate and progress.ranges_done >= 2 else None
    start = max(now, campaign.resume_at) if campaign.resume_at else now
    return _forecast(
        publication,
        quiet_hours.of_campaign(campaign),
        start,
        readers=lambda: _waiting_by_domain(campaign),
        in_all=progress.open,
        rate=rate,
    )


def before_sending(
    publication: Publication, lists: Sequence[MailingList], *, start: datetime, only: Q | None = None
) -> Forecast | None:
    """For an issue that would begin at `start`; None where no limit bounds it. `only`: those of whom it is true."""
    if not lists or not publication.is_live:
        return None
    readers = audience.active_in(lists, today=start.date())
    if only is not None:
        readers = readers.filter(only)
    return _forecast(
        publication,
        quiet_hours.of(publication),
        start,
        readers=lambda: dict(readers.order_by().values_list("domain").annotate(n=Count("pk"))),
        in_all=readers.count(),
        rate=None,
    )


def _forecast(
    publication: Publication,
    quiet: QuietHours | None,
    start: datetime,
    *,
    readers: Callable[[], Mapping[str, int]],
    in_all: int,
    rate: float | None,
) -> Forecast | None:
    try:
        configs = choosing.ways(start, sender_domain=sender_domain_of(publication))
    except (choosing.NoWayOut, SealedUnderAnotherKeyError):
        return None
    ways = allowances.forecast_ways(configs)
    known = provider_limits.known()
    slow = _slowed(configs)
    if not (quiet or known.limits or slow or any(each.limits.any or each.plan for each in ways)):
        return None
    by_provider: dict[str, int] = {}
    limits = {**known.limits, **{name: _slower(known.limits.get(name), rate) for name, rate in slow.items()}}
    if limits:
        for domain, count in readers().items():
            name = known.providers.of(domain)
            by_provider[name] = by_provider.get(name, 0) + count
    else:
        by_provider[""] = in_all
    found = forecast(readers=by_provider, ways=ways, providers=limits, start=start, rate=rate, quiet=quiet)
    return found if found.finish is not None else None


def sender_domain_of(publication: Publication) -> str:
    """The domain by which relays are chosen: that of the From address."""
    return publication.from_address.rpartition("@")[2].lower()


def _slowed(configs: Sequence[TransportConfig]) -> dict[str, float]:
    """The governor's pace by provider, the sum over the relays, where all of them are slowed down."""
    keys = [config.key for config in configs]
    paces: dict[str, list[float]] = {}
    for (_key, provider), pace in slowing.paces(keys).items():
        paces.setdefault(provider, []).append(pace.rate or 0.0)
    return {provider: sum(rates) for provider, rates in paces.items() if len(rates) == len(keys)}


def _slower(limits: Limits | None, rate: float) -> Limits:
    per_hour = max(1, round(rate * 3600))
    before = limits.per_hour if limits else None
    return Limits(
        limits.per_second if limits else None,
        limits.per_minute if limits else None,
        min(per_hour, before or per_hour),
        limits.per_day if limits else None,
    )


def _waiting_by_domain(campaign: Campaign) -> Mapping[str, int]:
    key = f"waiting-by-domain-{campaign.pk}"
    found: dict[str, int] | None = cache.get(key)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.domain, count(*) FROM delivery_delivery d JOIN audience_subscriber s ON s.id = d.subscriber_id"
                " WHERE d.campaign_id = %s AND d.id BETWEEN %s AND %s AND d.state IN (0, 1, 2) GROUP BY s.domain",
                [campaign.pk, campaign.first_delivery or 0, campaign.last_delivery or -1],
            )
            found = {str(domain): int(count) for domain, count in cursor.fetchall()}
        cache.set(key, found, _KEPT_SECONDS)
    return found
