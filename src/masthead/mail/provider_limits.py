"""Providers as this install knows them: the built-in table, with rows of its own for more domains and for limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.common.addresses import BadAddress, domain_to_ascii
from masthead.mail.address_words import why_not
from masthead.mail.models import Provider
from masthead.mail.pacing.limits import Limits
from masthead.mail.pacing.providers import Providers


class BadProvider(ValueError):
    """The row cannot be kept; the text says why."""


@dataclass(frozen=True, slots=True)
class Known:
    """The table of domains, and the limits of those providers that have some."""

    providers: Providers
    limits: dict[str, Limits]


def known() -> Known:
    """As it is now; one small query."""
    rows = list(Provider.objects.all())
    own = {row.name: row.domains.split() for row in rows if row.domains}
    return Known(Providers(own), {row.name: row.limits for row in rows if row.limits.any})


def keep(*, name: str, domains: Sequence[str], limits: Limits, by: str, now: datetime) -> Provider:
    """Set the domains and limits of provider `name`, a name of the built-in table, a domain, or a new one. Raises BadProvider."""
    name = name.strip().lower()
    if not name or any(char.isspace() for char in name) or len(name) > 200:
        raise BadProvider(_("The provider needs a name without blanks, such as google, or the domain it stands for."))
    found = sorted({checked_domain(each) for each in domains if each.strip()})
    _not_twice(name, found)
    values = {
        "domains": " ".join(found),
        "per_second": limits.per_second,
        "per_minute": limits.per_minute,
        "per_hour": limits.per_hour,
        "per_day": limits.per_day,
    }
    with transaction.atomic():
        row, _made = Provider.objects.update_or_create(name=name, defaults=values)
        record(action="provider.limits", by=by, now=now, subject=f"provider:{row.pk}", details={"name": name, **values})
    return row


def remove(*, provider: Provider, by: str, now: datetime) -> None:
    """Forget the row: the built-in table alone counts for it, without limits."""
    with transaction.atomic():
        record(action="provider.removed", by=by, now=now, subject=f"provider:{provider.pk}", details={"name": provider.name})
        provider.delete()


def checked_domain(text: str) -> str:
    """`text` as an A-label in lower case. Raises BadProvider."""
    try:
        return domain_to_ascii(text.strip().lstrip("@")).lower()
    except BadAddress as error:
        raise BadProvider(_("%(domain)s is no domain: %(why)s") % {"domain": repr(text), "why": why_not(error)}) from error


def _not_twice(name: str, domains: Sequence[str]) -> None:
    for other in Provider.objects.exclude(name=name).exclude(domains=""):
        twice = set(other.domains.split()) & set(domains)
        if twice:
            words = {"domain": sorted(twice)[0], "name": other.name}
            raise BadProvider(_("%(domain)s is with the provider %(name)s already; take it out there first.") % words)
