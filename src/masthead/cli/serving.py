"""The web server inside `masthead serve`."""

from __future__ import annotations

import socket
from types import FrameType

import uvicorn

from masthead.cli.engine import asked_to_stop, on_signal
from masthead.cli.slow_clients import ImpatientProtocol, make_room

#: What an open request may still take after a signal.
_DRAIN_SECONDS = 5


class CannotListen(Exception):
    """The address or port cannot be had."""


def listen(host: str, port: int) -> socket.socket:
    """A socket on `host` and `port`, taken before anything else so that a taken port is said at once.

    Raises CannotListen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(128)
    except OSError as error:
        found.close()
        raise CannotListen(
            f"Cannot listen on {host} port {port}: {error.strerror}. Choose another with --port or MASTHEAD_PORT."
        ) from error
    found.set_inheritable(True)
    return found


def serve(listening: socket.socket) -> bool:
    """Answer requests until a signal comes. False when the server could not start."""
    from django.conf import settings

    config = uvicorn.Config(
        "masthead.config.asgi:application",
        http=ImpatientProtocol,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        proxy_headers=settings.BEHIND_PROXY,
    )
    make_room()
    server = _Server(config)
    server.run(sockets=[listening])
    return server.started


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # The tasks begin to stop while open requests are still being answered. Uvicorn's own handler would raise the signal
        # again after its end, and the process would end with it instead of status 0.
        on_signal(sig, frame)
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # From here on signals come to `handle_exit`; nobody would end the server for one that came earlier.
        await super().startup(sockets)
        self.should_exit = self.should_exit or asked_to_stop()
