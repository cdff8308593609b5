"""Opens a session: connection, greeting, EHLO, TLS, sign-in. Every failure is told in words a person can act on."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass

from masthead.mail.transports.base import Reply, Stage, TransportConfig
from masthead.mail.transports.smtp import wording
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.extensions import Extensions, extensions_of
from masthead.mail.transports.smtp.wire import Wire, WireError

_PER_ADDRESS = 10.0
"""Seconds for one address of a host that has several, so that a dead IPv6 route does not use up the whole deadline."""


@dataclass(slots=True)
class Session:
    """An open conversation and what the server offered in it."""

    wire: Wire
    offers: Extensions
    encrypted: bool
    loopback: bool
    greeting: str
    protocol: str = ""
    """The TLS version in use ("TLSv1.3"), empty in clear."""


async def connect(config: TransportConfig, deadlines: Deadlines) -> Session:
    """Connect (with TLS from the start where so configured), read the greeting, say EHLO. Raises ConnectFailed."""
    wire = await _connection(config, deadlines)
    try:
        greeting = await _answer(wire, config, "greeting", deadlines.command)
        if greeting.code != 220:
            raise wording.refused(config, "greeting", greeting)
        offers = await _hello(wire, config, deadlines)
    except BaseException:
        wire.abort()
        raise
    peer = wire.transport.get_extra_info("peername")
    tls = wire.transport.get_extra_info("ssl_object")
    return Session(
        wire,
        offers,
        encrypted=tls is not None,
        loopback=bool(peer) and ipaddress.ip_address(peer[0].partition("%")[0]).is_loopback,
        greeting=greeting.text,
        protocol=tls.version() or "" if tls else "",
    )


async def secure(session: Session, config: TransportConfig, deadlines: Deadlines) -> None:
    """STARTTLS where the configuration asks for it, then EHLO again (RFC 3207 §4.2). Raises ConnectFailed.

    "opportunistic" takes it where offered, but not on loopback: there is nobody in between, and a local relay's certificate
    is rarely made for 127.0.0.1.
    """
    if session.encrypted or config.security in {"none", "tls"}:
        return
    if config.security == "opportunistic" and (session.loopback or not session.offers.starttls):
        return
    if not session.offers.starttls:
        raise wording.no_starttls(config)
    _say(session.wire, config, "starttls", b"STARTTLS\r\n")
    reply = await _answer(session.wire, config, "starttls", deadlines.command)
    if reply.code != 220:
        raise wording.refused(config, "starttls", reply)
    try:
        await session.wire.encrypt(_context(config), config.host, deadlines.connect)
    except (OSError, WireError) as error:
        raise wording.not_encrypted(config, error, "starttls") from error
    session.encrypted = True
    session.protocol = session.wire.transport.get_extra_info("ssl_object").version() or ""
    session.offers = await _hello(session.wire, config, deadlines)


async def sign_in(session: Session, config: TransportConfig, deadlines: Deadlines) -> None:
    """AUTH PLAIN or LOGIN when a user is configured (RFC 4954). Never in clear, except on loopback. Raises ConnectFailed."""
    if not config.user:
        return
    if not session.encrypted and not session.loopback:
        raise wording.password_in_clear(config)
    if "PLAIN" in session.offers.auth:
        secret = b64encode(f"\0{config.user}\0{config.password}".encode())
        commands = [b"AUTH PLAIN " + secret]
    elif "LOGIN" in session.offers.auth:
        commands = [b"AUTH LOGIN", b64encode(config.user.encode()), b64encode(config.password.encode())]
    else:
        raise wording.no_sign_in(config, session.offers.auth)
    for number, command in enumerate(commands, start=1):
        _say(session.wire, config, "auth", command + b"\r\n")
        reply = await _answer(session.wire, config, "auth", deadlines.command)
        if number < len(commands) and reply.code != 334:
            raise wording.refused(config, "auth", reply)
    if reply.code != 235:
        raise wording.refused(config, "auth", reply)


async def _connection(config: TransportConfig, deadlines: Deadlines) -> Wire:
    """A connected wire, encrypted where TLS is asked for from the start. Tries the host's addresses one after the other."""
    loop = asyncio.get_running_loop()
    if not 0 < config.port < 65536:
        raise wording.not_running(config)
    try:
        async with asyncio.timeout(deadlines.connect):
            found = await loop.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)
            context = _context(config) if config.security == "tls" else None
            failure: OSError | None = None
            for family, _, _, _, address in found:
                try:
                    # The pause per address must not shorten the only address's deadline.
                    async with asyncio.timeout(_PER_ADDRESS if len(found) > 1 else None):
                        _, wire = await loop.create_connection(
                            Wire,
                            str(address[0]),
                            int(address[1]),
                            family=family,
                            ssl=context,
                            server_hostname=config.host if context else None,
                        )
                    return wire
                except TimeoutError:
                    failure = failure or TimeoutError("no answer")
                except OSError as error:
                    failure = error
            raise failure or OSError("no address")
    except (OSError, UnicodeError) as error:
        raise wording.not_connected(config, error, deadlines.connect) from error


async def _hello(wire: Wire, config: TransportConfig, deadlines: Deadlines) -> Extensions:
    """EHLO, or HELO where the server does not know it."""
    _say(wire, config, "ehlo", f"EHLO {config.helo}\r\n".encode())
    reply = await _answer(wire, config, "ehlo", deadlines.command)
    if reply.code == 250:
        return extensions_of(reply)
    if reply.code in {500, 502, 504}:
        _say(wire, config, "ehlo", f"HELO {config.helo}\r\n".encode())
        reply = await _answer(wire, config, "ehlo", deadlines.command)
        if reply.code == 250:
            return Extensions()
    raise wording.refused(config, "ehlo", reply)


def _say(wire: Wire, config: TransportConfig, stage: Stage, data: bytes) -> None:
    try:
        wire.write(data)
    except WireError as error:
        raise wording.no_answer(config, stage, error) from error


async def _answer(wire: Wire, config: TransportConfig, stage: Stage, seconds: float) -> Reply:
    try:
        return await wire.reply(seconds)
    except WireError as error:
        raise wording.no_answer(config, stage, error) from error


def _context(config: TransportConfig) -> ssl.SSLContext:
    """Certificates are checked against the system's authorities, or the one file the operator named."""
    try:
        context = ssl.create_default_context(cafile=config.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise wording.no_authorities(config, error) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
