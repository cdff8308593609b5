"""A relay in front of a relay that loses answers: it hangs up on the sender after the final dots it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from tests.servers.processes import free_port

_DOT = b"\r\n.\r\n"


@contextlib.contextmanager
def cutting(*, behind: int, passed_on: int, dropped: int) -> Iterator[int]:
    """Yields a loopback port; what comes there goes on to the port `behind`, and its answers back.

    The first `passed_on` dots are passed on and their answers thrown away with the connection; the `dropped` dots after those
    never get there. One mail at a time (no pipelining over a dot) is assumed of the sender.
    """
    port = free_port()
    server = socket.create_server(("127.0.0.1", port))
    left = {"passed_on": passed_on, "dropped": dropped}

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=_talk, args=(client, behind, left), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)


def _talk(client: socket.socket, behind: int, left: dict[str, int]) -> None:
    with client, socket.create_connection(("127.0.0.1", behind)) as relay:
        muted = threading.Event()

        def answer() -> None:
            with contextlib.suppress(OSError):
                while data := relay.recv(65536):
                    if muted.is_set():
                        break
                    client.sendall(data)
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

        back = threading.Thread(target=answer, daemon=True)
        back.start()
        tail = b""
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                tail = (tail + data)[-200_000:]
                if _DOT in tail:
                    if left["passed_on"] > 0:
                        left["passed_on"] -= 1
                        muted.set()
                        relay.sendall(data)
                        break  # the other thread hangs up when the answer is there
                    if left["dropped"] > 0:
                        left["dropped"] -= 1
                        break
                    tail = tail.rpartition(_DOT)[2]
                relay.sendall(data)
            else:
                relay.shutdown(socket.SHUT_WR)
        if muted.is_set():
            back.join(30)
