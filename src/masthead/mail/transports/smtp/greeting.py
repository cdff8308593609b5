"""Opens a session: connection, greeting, EHLO, TLS, sign-in. Every failure is told in words a person can act on."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass

from masthead.mail.transports.base import ConnectFailed, Reply, Stage, TransportConfig
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
            raise _refusal(config, "greeting", "does not want to talk to us", greeting)
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
        raise ConnectFailed(
            f"{config.host} offers no encryption (STARTTLS) on port {config.port}. Choose its TLS port, often 465.",
            stage="starttls",
            permanent=True,
        )
    _say(session.wire, config, "starttls", b"STARTTLS\r\n")
    reply = await _answer(session.wire, config, "starttls", deadlines.command)
    if reply.code != 220:
        raise _refusal(config, "starttls", "refused to begin encryption", reply)
    try:
        await session.wire.encrypt(_context(config), config.host, deadlines.connect)
    except (OSError, WireError) as error:
        raise _tls_failed(config, error, "starttls") from error
    session.encrypted = True
    session.protocol = session.wire.transport.get_extra_info("ssl_object").version() or ""
    session.offers = await _hello(session.wire, config, deadlines)


async def sign_in(session: Session, config: TransportConfig, deadlines: Deadlines) -> None:
    """AUTH PLAIN or LOGIN when a user is configured (RFC 4954). Never in clear, except on loopback. Raises ConnectFailed."""
    if not config.user:
        return
    if not session.encrypted and not session.loopback:
        raise ConnectFailed(
            f"The connection to {config.host} is not encrypted, so the password was not sent. Choose STARTTLS or TLS.",
            stage="auth",
            permanent=True,
        )
    if "PLAIN" in session.offers.auth:
        secret = b64encode(f"\0{config.user}\0{config.password}".encode())
        commands = [b"AUTH PLAIN " + secret]
    elif "LOGIN" in session.offers.auth:
        commands = [b"AUTH LOGIN", b64encode(config.user.encode()), b64encode(config.password.encode())]
    else:
        offered = ", ".join(sorted(session.offers.auth)) or "none at all"
        raise ConnectFailed(
            f"{config.host} offers no sign-in that Masthead knows (PLAIN or LOGIN); it offers {offered}.",
            stage="auth",
            permanent=True,
        )
    for number, command in enumerate(commands, start=1):
        _say(session.wire, config, "auth", command + b"\r\n")
        reply = await _answer(session.wire, config, "auth", deadlines.command)
        if number < len(commands) and reply.code != 334:
            raise _refusal(config, "auth", "refused the sign-in", reply)
    if reply.code != 235:
        raise _refusal(config, "auth", "refused the user name or the password", reply)


async def _connection(config: TransportConfig, deadlines: Deadlines) -> Wire:
    """A connected wire, encrypted where TLS is asked for from the start. Tries the host's addresses one after the other."""
    loop = asyncio.get_running_loop()
    if not 0 < config.port < 65536:
        raise ConnectFailed(f"{config.name} is not running: it has no port yet.", stage="connect")
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
        raise _connect_failed(config, error, deadlines) from error


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
    raise _refusal(config, "ehlo", "refused our greeting", reply)


def _say(wire: Wire, config: TransportConfig, stage: Stage, data: bytes) -> None:
    try:
        wire.write(data)
    except WireError as error:
        raise ConnectFailed(f"{config.host} hung up: {error}.", stage=stage) from error


async def _answer(wire: Wire, config: TransportConfig, stage: Stage, seconds: float) -> Reply:
    try:
        return await wire.reply(seconds)
    except WireError as error:
        hint = ""
        if stage == "greeting" and config.security != "tls":
            hint = " If this port expects TLS from the start (465 often does), choose TLS."
        raise ConnectFailed(f"{config.host}:{config.port} did not {_EXPECTED[stage]}: {error}.{hint}", stage=stage) from error


_EXPECTED: dict[Stage, str] = {
    "greeting": "greet us as a mail server does",
    "ehlo": "answer our greeting",
    "starttls": "begin encryption",
    "auth": "answer the sign-in",
}


def _refusal(config: TransportConfig, stage: Stage, words: str, reply: Reply) -> ConnectFailed:
    text = f"{config.host} {words}: {reply}"
    return ConnectFailed(text, stage=stage, permanent=reply.permanent, reply=reply)


def _connect_failed(config: TransportConfig, error: Exception, deadlines: Deadlines) -> ConnectFailed:
    host, port = config.host, config.port
    if isinstance(error, socket.gaierror | UnicodeError):
        return ConnectFailed(f"The host name {host!r} is not known: check its spelling.", stage="connect")
    if isinstance(error, ssl.SSLError):
        return _tls_failed(config, error, "connect")
    if isinstance(error, ConnectionRefusedError):
        return ConnectFailed(f"Port {port} of {host} is closed: the connection was refused.", stage="connect")
    if isinstance(error, TimeoutError):
        return ConnectFailed(
            f"{host} did not answer on port {port} within {deadlines.connect:g} s. A firewall may be in between.", stage="connect"
        )
    return ConnectFailed(f"No connection to {host}, port {port}: {getattr(error, 'strerror', None) or error}.", stage="connect")


def _tls_failed(config: TransportConfig, error: Exception, stage: Stage) -> ConnectFailed:
    host = config.host
    if isinstance(error, ssl.SSLCertVerificationError):
        words = f"The certificate of {host} cannot be trusted: {error.verify_message}."
        return ConnectFailed(f"{words} MASTHEAD_SMTP_CA_FILE can name an authority of your own.", stage=stage, permanent=True)
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        words = f"Port {config.port} of {host} does not speak TLS from the start. Choose STARTTLS."
        return ConnectFailed(words, stage=stage, permanent=True)
    return ConnectFailed(f"No encryption could be agreed with {host}: {error}.", stage=stage)


def _context(config: TransportConfig) -> ssl.SSLContext:
    """Certificates are checked against the system's authorities, or the one file the operator named."""
    try:
        context = ssl.create_default_context(cafile=config.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        text = f"The file of certificate authorities {config.ca_file!r} cannot be read: {error}."
        raise ConnectFailed(text, stage="connect", permanent=True) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
