"""By which transports mail leaves: MASTHEAD_SMTP_URL, else those in use in the desk, else the built-in inbox."""

from __future__ import annotations

import asyncio
import ipaddress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from masthead.mail.models import Transport
from masthead.mail.pacing.limits import Limits
from masthead.mail.passwords import open_password
from masthead.mail.transports.base import Lane, Security, Step, TransportConfig
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.lane import SmtpLane
from masthead.mail.transports.smtp.probing import probe_smtp

LOOPBACK = "127.0.0.1"
_SUBMISSION = {"smtp": 587, "smtps": 465}  # RFC 6409, RFC 8314


class NoWayOut(Exception):
    """None of the relays in use takes mail of this sender; the text says what to do."""


def ways(now: datetime, *, sender_domain: str = "") -> list[TransportConfig]:
    """All relays by which mail of a sender at `sender_domain` may leave at `now`, the heaviest first; never empty.

    Relays that are resting are left out as long as there are others. Without a domain any relay will do. Looked up anew at
    every call, so that a change in the desk counts from the next range on.

    Raises passwords.SealedUnderAnotherKeyError, and NoWayOut when relays are in use but none takes mail from this domain.
    """
    if settings.SMTP_URL:
        return [from_url(settings.SMTP_URL)]
    rows = list(Transport.objects.filter(in_use=True).order_by("-weight", "pk"))
    if not rows:
        return [inbox_config()]
    fitting = [row for row in rows if not sender_domain or row.takes_from(sender_domain)]
    if not fitting:
        raise NoWayOut(
            _("No mail server in use takes mail from senders at %(domain)s. Choose one for it under “How mail leaves”.")
            % {"domain": sender_domain}
        )
    awake = [row for row in fitting if row.rests_until is None or row.rests_until <= now]
    return [from_row(row) for row in awake or fitting]


def current(now: datetime) -> TransportConfig:
    """The first of them, for whoever wants to say how mail leaves. Raises passwords.SealedUnderAnotherKeyError."""
    return ways(now)[0]


def hosts_in_use() -> list[str]:
    """The SMTP servers by which mail may leave now or in a while, whoever it is from; none when the built-in inbox gets it."""
    if settings.SMTP_URL:
        return [from_url(settings.SMTP_URL).host]
    return list(Transport.objects.filter(in_use=True, kind=Transport.Kind.SMTP).values_list("host", flat=True))


def inbox_config() -> TransportConfig:
    """The built-in inbox: where mail goes at first, and all mail of a publication in test mode."""
    return TransportConfig(
        name=_("Built-in inbox"),
        kind="inbox",
        host=LOOPBACK,
        port=_inbox_port(),
        security="none",
        connections=settings.SMTP_CONNECTIONS,
    )


def lane(config: TransportConfig, deadlines: Deadlines | None = None) -> Lane:
    """A closed lane over `config`; call its `open()`. `deadlines` other than the usual ones for somebody who waits."""
    return SmtpLane(config, deadlines)


def probe(config: TransportConfig) -> list[Step]:
    """Try to connect, to encrypt and to sign in; each step in plain words. Sends no mail; takes up to 30 s."""
    return asyncio.run(probe_smtp(config))


def from_url(url: str) -> TransportConfig:
    """The configuration written as smtp[s]://user:password@host:port (percent-encoded where needed)."""
    parts = urlsplit(url)
    return TransportConfig(
        name="MASTHEAD_SMTP_URL",
        kind="smtp",
        host=parts.hostname or "",
        port=parts.port or _SUBMISSION[parts.scheme],
        security="tls" if parts.scheme == "smtps" else "opportunistic",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        connections=settings.SMTP_CONNECTIONS,
        ca_file=settings.SMTP_CA_FILE,
        helo=_public_name(),
        limits=Limits(
            settings.SMTP_PER_SECOND or None,
            settings.SMTP_PER_MINUTE or None,
            settings.SMTP_PER_HOUR or None,
            settings.SMTP_PER_DAY or None,
        ),
    )


def from_row(row: Transport) -> TransportConfig:
    """The configuration kept in `row`, its password opened. Raises passwords.SealedUnderAnotherKeyError."""
    if row.kind == Transport.Kind.INBOX:
        return inbox_config()
    security: dict[str, Security] = {
        Transport.Security.STARTTLS: "starttls",
        Transport.Security.TLS: "tls",
        Transport.Security.OPPORTUNISTIC: "opportunistic",
        Transport.Security.NONE: "none",
    }
    return TransportConfig(
        name=row.name,
        kind="smtp",
        host=row.host,
        port=row.port,
        security=security[row.security],
        user=row.user,
        password=open_password(bytes(row.password_sealed)),
        connections=row.connections,
        messages_per_connection=row.messages_per_connection,
        ca_file=settings.SMTP_CA_FILE,
        helo=_public_name(),
        key=row.pk or 0,
        weight=row.weight,
        limits=row.limits.capped(row.plan.ceiling(row.warmup_level) if row.plan else None),
        connections_in_all=row.connections_in_all,
    )


def inbox_port_file() -> Path:
    """Where the listener writes the port it got."""
    return Path(settings.DATA) / "inbox.port"


def _inbox_port() -> int:
    """The listener's port, 0 while it has never run: a lane then says that the inbox is not running."""
    try:
        written = inbox_port_file().read_text().strip()
    except FileNotFoundError:
        return 0
    return int(written) if written.isascii() and written.isdigit() else 0


def _public_name() -> str:
    """For EHLO: the public host name of this install, which anybody may know, or an address literal (RFC 5321 §4.1.3)."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if "." in host and host.isascii() else f"[{LOOPBACK}]"
    return f"[{LOOPBACK}]"
