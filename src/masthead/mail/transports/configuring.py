"""Decides by which server mail leaves, as the desk does it. MASTHEAD_SMTP_URL, when set, still stands in front."""

from __future__ import annotations

import ipaddress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit.recording import record
from masthead.mail.models import Transport
from masthead.mail.passwords import seal_password

#: The desk keeps one server of one's own for now; its row has this name.
SMTP_NAME = "SMTP server"


class BadTransport(ValueError):
    """The configuration cannot work; the text says why."""


def own_server() -> Transport | None:
    """The server the desk has configured, in use or not."""
    return Transport.objects.filter(kind=Transport.Kind.SMTP, name=SMTP_NAME).first()


def draft(*, host: str, port: int, security: str, user: str, password: str, connections: int) -> Transport:
    """An unsaved row with these values, to be tried or kept. An empty password means the one that is kept already.

    Raises BadTransport.
    """
    host = host.strip()
    if not host or (any(char.isspace() or char in "/@:" for char in host.strip("[]")) and not _is_ip(host)):
        raise BadTransport(_("The host must be a name such as mail.example.org, without a port or an address in front."))
    if not 0 < port < 65536:
        raise BadTransport(_("The port must be between 1 and 65535; often it is 587 or 465."))
    if security not in Transport.Security.values:
        raise BadTransport(_("Choose how the connection is protected."))
    if security == Transport.Security.NONE and not _is_this_machine(host):
        raise BadTransport(
            _("Without encryption only a server on this machine can be used: everybody on the way could read along.")
        )
    kept = own_server()
    sealed = seal_password(password) if password else bytes(kept.password_sealed) if kept and user == kept.user else b""
    return Transport(
        pk=kept.pk if kept else None,
        name=SMTP_NAME,
        kind=Transport.Kind.SMTP,
        host=host,
        port=port,
        security=security,
        user=user,
        password_sealed=sealed,
        connections=connections,
    )


def use_server(*, transport: Transport, by: str, now: datetime) -> Transport:
    """Keep `transport` (from `draft`) and let all mail leave by it."""
    with transaction.atomic():
        Transport.objects.update(is_default=False)
        transport.is_default = True
        transport.save()
        details = {"host": transport.host, "port": transport.port, "security": transport.security}
        record(action="transport.server", by=by, now=now, subject=f"transport:{transport.pk}", details=details)
    return transport


def use_inbox(*, by: str, now: datetime) -> None:
    """Let all mail stay in the built-in inbox; a configured server is kept for later."""
    with transaction.atomic():
        Transport.objects.update(is_default=False)
        record(action="transport.inbox", by=by, now=now)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_this_machine(host: str) -> bool:
    return host.lower() == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)
