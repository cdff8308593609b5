"""Decides by which servers mail leaves, as desk and command line do it. MASTHEAD_SMTP_URL, when set, still stands in front."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.common.hosts import is_ip, is_this_machine
from masthead.mail.models import Transport
from masthead.mail.pacing.limits import NO_LIMITS, Limits
from masthead.mail.pacing.warmup import Plan
from masthead.mail.passwords import seal_password
from masthead.mail.provider_limits import BadProvider, checked_domain

MOST_WEIGHT = 1000
MOST_CONNECTIONS = 500


class BadTransport(ValueError):
    """The configuration cannot work; the text says why."""


def own_servers() -> QuerySet[Transport]:
    """The servers that are configured, in use or not, those in use first."""
    return Transport.objects.filter(kind=Transport.Kind.SMTP).order_by("-in_use", "-weight", "name")


def usual_security(host: str, port: int) -> str:
    """What fits a server nobody said more about: TLS on port 465, else STARTTLS, on this machine where it is offered."""
    if port == 465:
        return Transport.Security.TLS
    return Transport.Security.OPPORTUNISTIC if is_this_machine(host.strip()) else Transport.Security.STARTTLS


def draft(
    *,
    existing: Transport | None = None,
    name: str,
    host: str,
    port: int,
    security: str,
    user: str = "",
    password: str = "",
    connections: int = 10,
    connections_in_all: int | None = None,
    weight: int = 1,
    sender_domains: str = "",
    limits: Limits | None = None,
    warm_up: Plan | None = None,
) -> Transport:
    """An unsaved row with these values, to be tried or kept; of `existing`, if given, it keeps what is not said here.

    An empty password means the one that is kept already for the same user. `sender_domains` are separated by blanks or commas.
    Raises BadTransport.
    """
    host, name = host.strip(), name.strip() or host.strip()
    if not host or (any(char.isspace() or char in "/@:" for char in host.strip("[]")) and not is_ip(host)):
        raise BadTransport(_("The host must be a name such as mail.example.org, without a port or an address in front."))
    if not 0 < port < 65536:
        raise BadTransport(_("The port must be between 1 and 65535; often it is 587 or 465."))
    if security not in Transport.Security.values:
        raise BadTransport(_("Choose how the connection is protected."))
    if security == Transport.Security.NONE and not is_this_machine(host):
        raise BadTransport(
            _("Without encryption only a server on this machine can be used: everybody on the way could read along.")
        )
    if not 0 < weight <= MOST_WEIGHT:
        raise BadTransport(_("The weight must be between 1 and %(most)s.") % {"most": MOST_WEIGHT})
    if not 0 < connections <= MOST_CONNECTIONS or (connections_in_all is not None and connections_in_all < 1):
        raise BadTransport(_("Connections must be between 1 and %(most)s.") % {"most": MOST_CONNECTIONS})
    other = Transport.objects.filter(name=name).first()
    if other is not None and (existing is None or other.pk != existing.pk):
        words = _("There is a server named “%(name)s” already: choose another name, or change that one.")
        raise BadTransport(words % {"name": name})
    # A password belongs to a server: it must not be sent to another one because somebody changed the host.
    same = existing is not None and (existing.user, existing.host) == (user, host)
    sealed = seal_password(password) if password else bytes(existing.password_sealed) if existing and same else b""
    limits = limits or NO_LIMITS
    return Transport(
        pk=existing.pk if existing else None,
        name=name,
        kind=Transport.Kind.SMTP,
        host=host,
        port=port,
        security=security,
        user=user,
        password_sealed=sealed,
        connections=connections,
        connections_in_all=connections_in_all,
        messages_per_connection=existing.messages_per_connection if existing else 1000,
        in_use=existing.in_use if existing else False,
        weight=weight,
        sender_domains=" ".join(_domains(sender_domains)),
        per_second=limits.per_second,
        per_minute=limits.per_minute,
        per_hour=limits.per_hour,
        per_day=limits.per_day,
        warmup_first=warm_up.first if warm_up else None,
        warmup_growth=warm_up.growth if warm_up else 50,
        warmup_full=warm_up.full if warm_up else 50000,
        # A plan goes on where it was while only its numbers beyond the first day are changed.
        warmup_level=existing.warmup_level if existing and warm_up and existing.warmup_first == warm_up.first else 0,
        warmup_day=existing.warmup_day if existing and warm_up and existing.warmup_first == warm_up.first else None,
    )


def plan_of(*, first: int | None, growth: int | None, full: int | None) -> Plan | None:
    """A warm-up plan from what somebody typed; None without a first day. Raises BadTransport."""
    if not first:
        return None
    try:
        return Plan(first, growth or 50, full or max(first, 50000))
    except ValueError as error:
        words = _("A warm-up begins with at least one mail a day, grows by at least 1 %% a day, and ends above where it begins.")
        raise BadTransport(words.replace("%%", "%")) from error


def keep(*, transport: Transport, use: bool, by: str, now: datetime) -> Transport:
    """Keep `transport` (from `draft`), and let mail leave by it, beside others in use, if `use`."""
    with transaction.atomic():
        transport.in_use = transport.in_use or use
        transport.save()
        limits = transport.limits
        details = {
            **{name: getattr(transport, name) for name in ("name", "host", "port", "security", "in_use", "weight")},
            **{name: getattr(limits, name) for name in ("per_second", "per_minute", "per_hour", "per_day")},
        }
        record(action="transport.server", by=by, now=now, subject=f"transport:{transport.pk}", details=details)
    return transport


def use(*, transport: Transport, yes: bool, by: str, now: datetime) -> Transport:
    """Let mail leave by this server, or not any more; it stays configured. Its rest is over either way."""
    with transaction.atomic():
        values = {"in_use": yes, "rests_until": None, "rested": 0, "trouble": ""}
        Transport.objects.filter(pk=transport.pk).update(**values)
        transport.refresh_from_db()
        action = "transport.used" if yes else "transport.unused"
        record(action=action, by=by, now=now, subject=f"transport:{transport.pk}", details={"name": transport.name})
    return transport


def remove(*, transport: Transport, by: str, now: datetime) -> None:
    """Forget the server and its password. With the last one in use, mail stays in the built-in inbox."""
    with transaction.atomic():
        details = {"name": transport.name, "host": transport.host}
        record(action="transport.removed", by=by, now=now, subject=f"transport:{transport.pk}", details=details)
        transport.delete()


def use_inbox(*, by: str, now: datetime) -> None:
    """Let all mail stay in the built-in inbox; configured servers are kept for later."""
    with transaction.atomic():
        Transport.objects.update(in_use=False)
        record(action="transport.inbox", by=by, now=now)


def _domains(text: str) -> list[str]:
    try:
        return sorted({checked_domain(each) for each in text.replace(",", " ").split()})
    except BadProvider as error:
        raise BadTransport(str(error)) from error
