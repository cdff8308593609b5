"""By which transport mail leaves: MASTHEAD_SMTP_URL, else the default one of the desk, else the built-in inbox."""

from __future__ import annotations

import asyncio
import ipaddress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from masthead.mail.models import Transport
from masthead.mail.passwords import open_password
from masthead.mail.transports.base import Lane, Security, Step, TransportConfig
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.lane import SmtpLane
from masthead.mail.transports.smtp.probing import probe_smtp

LOOPBACK = "127.0.0.1"
_SUBMISSION = {"smtp": 587, "smtps": 465}  # RFC 6409, RFC 8314


def current(now: datetime) -> TransportConfig:
    """How mail leaves at `now`. Looked up anew at every call, so that a change in the desk counts from the next range on.

    Raises passwords.SealedUnderAnotherKeyError.
    """
    if settings.SMTP_URL:
        return from_url(settings.SMTP_URL)
    row = Transport.objects.filter(is_default=True).first()
    return from_row(row) if row is not None else inbox_config()


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
