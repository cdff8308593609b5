"""The SMTP server of the built-in inbox: loopback only, no sign-in, bounded, and honest about when a mail is stored."""

from __future__ import annotations

import asyncio
import logging
import socket
from threading import Event, Thread

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

from masthead.mail.inbox.keeping import Keeper
from masthead.mail.transports.choosing import LOOPBACK, inbox_port_file

log = logging.getLogger(__name__)

MOST_BYTES = 30 * 2**20
_MOST_CONNECTIONS = 600
_IDLE_SECONDS = 300


class InboxPortTakenError(Exception):
    """The port that the settings name is in use."""


class Listener:
    """A running inbox. `port` is where it listens on 127.0.0.1."""

    def __init__(self) -> None:
        self._socket = _bound_socket(settings.INBOX_PORT)
        self.port: int = self._socket.getsockname()[1]
        self._keeper = Keeper()
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._connections: set[asyncio.BaseTransport] = set()
        self._thread = Thread(target=self._run, name="inbox listener", daemon=True)
        self._thread.start()
        self._ready.wait(10)
        inbox_port_file().write_text(f"{self.port}\n")
        log.info("the built-in inbox listens on %s:%s", LOOPBACK, self.port)

    def stop(self) -> None:
        """Take no more mail, store what was taken, let go of the port."""
        inbox_port_file().unlink(missing_ok=True)
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
        self._keeper.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._protocol, sock=self._socket))
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for transport in list(self._connections):
                transport.close()
            self._loop.run_until_complete(_end_conversations())
            self._loop.close()

    def _protocol(self) -> SMTP:
        return _Conversation(self._keeper, self._connections, self._loop)


class _Conversation(SMTP):
    """One connection."""

    def __init__(self, keeper: Keeper, connections: set[asyncio.BaseTransport], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            _Handler(keeper),
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname="inbox.localhost",
            ident="Masthead, built-in inbox",
            timeout=_IDLE_SECONDS,
            loop=loop,
        )
        self._all = connections
        self._mine: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to talk, unless too many do already."""
        if len(self._all) >= _MOST_CONNECTIONS:
            transport.close()
            return
        self._mine = transport
        self._all.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for another one."""
        if self._mine is not None:
            self._all.discard(self._mine)
            super().connection_lost(error)


class _Handler:
    """aiosmtpd asks it what to answer."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def handle_EHLO(  # noqa: N802  the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer PIPELINING besides: lines are read from one buffer, so several commands in a packet are no trouble."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer 250 only after the commit."""
        content = envelope.original_content or b""
        kept = self._keeper.keep(envelope_from=envelope.mail_from or "", envelope_to=tuple(envelope.rcpt_tos), raw=bytes(content))
        if await asyncio.wrap_future(kept):
            return "250 2.0.0 Stored in the built-in inbox"
        return "451 4.3.0 The built-in inbox cannot write to its database; try again"


def start() -> Listener:
    """Listen on 127.0.0.1 in a thread of this process; write the port to `inbox.port`. Raises InboxPortTakenError."""
    return Listener()


def _bound_socket(port: int) -> socket.socket:
    # Named as TCP, or asyncio leaves Nagle's algorithm on, and three answers to a pipelined group take 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
    except OSError as error:
        bound.close()
        text = f"MASTHEAD_INBOX_PORT is {port}, which is not free on {LOOPBACK}: {error.strerror}. Use 0 for any free port."
        raise InboxPortTakenError(text) from error
    return bound


async def _end_conversations() -> None:
    """Let the connections' tasks end before the loop closes."""
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
