"""Clients that hold a connection and ask for nothing: a few seconds each, and no more of them than we can bear (rule S29)."""

from __future__ import annotations

import asyncio
import resource

from uvicorn.protocols.http.auto import AutoHTTPProtocol

#: From the first byte of a connection, or of a further request on it, to the end of the request's head.
HEAD_SECONDS = 20.0
MOST_CONNECTIONS = 2000
#: Files that the database, the relays and the templates need beside the connections.
_OTHER_FILES = 1000


def make_room() -> None:
    """Let this process open as many files as it may, so that no crowd of clients stands between the sender and its database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


class ImpatientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # chosen when it is imported
    """HTTP as uvicorn speaks it; uvicorn itself waits for the head of a request for ever."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """A new client: its first request is due."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._expect_a_head()

    def data_received(self, data: bytes) -> None:
        """A piece of something: the end of a head, a part of the next one, or of a body, which others wait for."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._expect_nothing()
        elif self._waiting is None:
            self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._expect_nothing()
        super().connection_lost(exc)

    def _expect_a_head(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _expect_nothing(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
