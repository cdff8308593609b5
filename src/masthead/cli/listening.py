"""The listener that a mail server delivers to (LMTP, RFC 2033, or SMTP): 250 is said only once the raw mail is stored."""

from __future__ import annotations

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from masthead.bounces import intake
from masthead.bounces.models.raw_report import NULL_SENDER
from masthead.bounces.reading.parts import MOST_BYTES
from masthead.common.stopping import STOP

log = logging.getLogger(__name__)

#: More than any report needs: who sends a larger mail is told at once (SIZE, RFC 1870).
LARGEST = 30 * 2**20
_IDLE_SECONDS = 300
_LOOK_SECONDS = 0.25


def bind(*, host: str, port: int, path: Path | None) -> socket.socket:
    """A socket that listens, on a path where one is given. Raises OSError. A socket file that nobody listens on is replaced."""
    if path is None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _bound(bound, (host, port))
    if path.is_socket() and not _answers(path):
        path.unlink()
    return _bound(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), str(path))


def listen(bound: socket.socket, *, smtp: bool) -> None:
    """Take mails until STOP is set; what was begun then is finished or refused for now, never half stored."""
    asyncio.run(_listen(bound, smtp))


async def _listen(bound: socket.socket, smtp: bool) -> None:
    loop = asyncio.get_running_loop()
    # One thread that writes: SQLite has one writer anyway, and mails come in by the dozen, not by the thousand.
    with ThreadPoolExecutor(1, "intake") as writer:
        handler = _Handler(writer)
        kind = SMTP if smtp else LMTP

        def protocol() -> SMTP:
            return kind(
                handler,
                data_size_limit=LARGEST,
                enable_SMTPUTF8=True,
                hostname="masthead.localhost",
                ident="Masthead",
                timeout=_IDLE_SECONDS,
                loop=loop,
            )

        create = loop.create_unix_server if bound.family == socket.AF_UNIX else loop.create_server
        server = await create(protocol, sock=bound)
        async with server:
            while not STOP.is_set():
                await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.wrap_future(writer.submit(connections.close_all))


class _Handler:
    """aiosmtpd asks it what to answer."""

    def __init__(self, writer: ThreadPoolExecutor) -> None:
        self._writer = writer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  the name is aiosmtpd's
        """One answer, or with LMTP one for each recipient (RFC 2033 §4.2), only after the commit."""
        raw = bytes(envelope.original_content or b"")
        recipients = [str(each) for each in envelope.rcpt_tos]
        sender = envelope.mail_from or NULL_SENDER
        stored = self._writer.submit(_store, raw, sender, recipients)
        answer = "250 2.0.0 Stored" if await asyncio.wrap_future(stored) else "451 4.3.0 It cannot be stored now; try again"
        return "\r\n".join([answer] * (len(recipients) if isinstance(server, LMTP) else 1))


def _store(raw: bytes, sender: str, recipients: list[str]) -> bool:
    """Whether `raw` is safe now. Of several recipients the one with a token of ours is named: it says whose mail it is."""
    ours = [each for each in recipients if each.lower().startswith(("b+", "unsub+"))]
    close_old_connections()
    try:
        intake.store(
            raw=raw[:MOST_BYTES],
            size=len(raw),
            via=intake.Via.LISTENER,
            envelope_from=sender,
            envelope_to=next(iter(ours or recipients), ""),
            now=timezone.now(),
        )
    except (DatabaseError, OSError):
        log.exception("a mail that came in could not be stored; its sender is asked to try again")
        return False
    return True


def _bound(bound: socket.socket, address: object) -> socket.socket:
    try:
        bound.bind(address)  # type: ignore[arg-type]
        bound.listen()  # from here on nobody is refused; whoever comes early waits
    except OSError:
        bound.close()
        raise
    return bound


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
