"""An SMTP server that does at one stage what a script says: the faults of `reliability.md` F7 and F8."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

#: What a stage may be told to do instead of sending bytes.
CLOSE, RESET, SILENCE, DRIP, ENDLESS = "close", "reset", "silence", "drip", "endless"
Act = bytes | str

#: What is no answer: the connection ends, or what comes is no SMTP.
LOST: dict[str, Act] = {
    "the connection closes": CLOSE,
    "the connection is reset": RESET,
    "there is no answer": SILENCE,
    "it drips": DRIP,
    "half an answer": b"25",
    "half of a long answer": b"250-Almost\r\n250",
    "garbage": b"lorem ipsum\r\n",
    "a code that is none": b"999 What\r\n",
    "a bare line feed": b"250 Ok\n",
    "the code changes": b"250-One\r\n550 Two\r\n",
    "it never ends": ENDLESS,
    "a line too long": b"250 " + b"x" * 70_000 + b"\r\n",
    "too many lines": b"250-x\r\n" * 101 + b"250 x\r\n",
    "a success that makes no sense": b"334 Go on\r\n",
}
#: An answer that says no.
REFUSALS: dict[str, Act] = {
    "421": b"421 4.3.2 Going down\r\n",
    "450": b"450 4.2.0 Busy\r\n",
    "550": b"550-5.1.1 No\r\n550 5.1.1 such user\r\n",
}

EHLO = b"250-scripted.example\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8\r\n"


@dataclass
class Script:
    """The answer at each stage. `body` acts after 354, before the dot has come."""

    greeting: Act = b"220 scripted.example ESMTP\r\n"
    ehlo: Act = EHLO
    helo: Act = b"250 scripted.example\r\n"
    starttls: Act = b"220 2.0.0 Go ahead\r\n"
    auth: Act = b"235 2.7.0 Welcome\r\n"
    mail: Act = b"250 2.1.0 Ok\r\n"
    rcpt: Act = b"250 2.1.5 Ok\r\n"
    data: Act = b"354 Go ahead\r\n"
    body: Act = b""
    dot: Act = b"250 2.0.0 Queued as 1971\r\n"
    rset: Act = b"250 2.0.0 Ok\r\n"
    quit: Act = b"221 2.0.0 Bye\r\n"
    in_one_go: bool = False
    """Its answers to all that has come in one go are sent in one go."""
    tls: ssl.SSLContext | None = None
    tls_from_start: bool = False


class Closing(Exception):
    """The conversation is over."""


class Relay:
    """One server thread per connection."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.accepted = 0
        self.mails: list[bytes] = []
        self.commands: list[bytes] = []
        self.connections = 0
        self.stopping = Event()
        self.acted = Event()
        """Set when `body` was done: the fault has left the server."""
        self._said: dict[socket.socket, bytes] = {}
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def stop(self) -> None:
        self.stopping.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            thread = Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.script.tls_from_start and self.script.tls is not None:
                connection = self._encrypted(connection, self.script.tls)
            self._converse(connection)
        except (Closing, OSError):
            pass
        finally:
            connection.close()

    def _converse(self, connection: socket.socket) -> None:
        self._act(connection, self.script.greeting)
        unread = b""
        while True:
            while b"\r\n" not in unread:
                unread += self._read(connection)
            line, unread = unread.split(b"\r\n", 1)
            self.commands.append(line)
            verb = line.split(b" ")[0].split(b":")[0].upper().decode()
            if verb == "STARTTLS":
                self._act(connection, self.script.starttls)
                if self.script.tls is not None:
                    connection = self._encrypted(connection, self.script.tls)
                continue
            if verb == "AUTH":
                self._sign_in(connection, line)
                continue
            stage = {"EHLO": "ehlo", "HELO": "helo", "MAIL": "mail", "RCPT": "rcpt", "RSET": "rset", "QUIT": "quit"}.get(
                verb, "data"
            )
            act = getattr(self.script, stage)
            self._act(connection, act)
            if stage == "quit":
                self._send(connection)
                raise Closing
            if stage == "data" and act == b"354 Go ahead\r\n":
                unread = self._take_mail(connection, unread)

    def _encrypted(self, connection: socket.socket, tls: ssl.SSLContext) -> socket.socket:
        """The same connection as another object: the old one has nothing left to be shut down."""
        wrapped = tls.wrap_socket(connection, server_side=True)
        self._open.add(wrapped)
        return wrapped

    def _sign_in(self, connection: socket.socket, line: bytes) -> None:
        if line.upper() == b"AUTH LOGIN":
            for question in (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"):
                connection.sendall(question)
                self.commands.append(self._read(connection).strip())
        self._act(connection, self.script.auth)

    def _take_mail(self, connection: socket.socket, unread: bytes) -> bytes:
        if self.script.body:
            try:
                self._act(connection, self.script.body)
            finally:
                self.acted.set()
        while b"\r\n.\r\n" not in unread:
            unread += self._read(connection)
        mail, rest = unread.split(b"\r\n.\r\n", 1)
        self.mails.append(mail + b"\r\n")
        if isinstance(self.script.dot, bytes) and self.script.dot.startswith(b"250 "):
            self.accepted += 1
        self._act(connection, self.script.dot)
        return rest

    def _read(self, connection: socket.socket) -> bytes:
        self._send(connection)
        data = connection.recv(65536)
        if not data:
            raise Closing
        return data

    def _send(self, connection: socket.socket) -> None:
        if said := self._said.pop(connection, b""):
            connection.sendall(said)

    def _act(self, connection: socket.socket, act: Act) -> None:
        if isinstance(act, bytes):
            self._said[connection] = self._said.get(connection, b"") + act
            if not self.script.in_one_go:
                self._send(connection)
            return
        self._send(connection)
        if act == CLOSE:
            connection.shutdown(socket.SHUT_RDWR)
            raise Closing
        if act == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise Closing
        if act == SILENCE:
            self.stopping.wait(20)
            raise Closing
        if act == DRIP:
            while not self.stopping.wait(0.02):
                connection.sendall(b"2")
        elif act == ENDLESS:
            began = time.monotonic()
            while time.monotonic() - began < 5 and not self.stopping.is_set():
                connection.sendall(b"250-and another line that nobody asked for\r\n" * 100)


@contextmanager
def scripted(script: Script) -> Iterator[Relay]:
    """A server on a free port of loopback that follows `script`."""
    relay = Relay(script)
    try:
        yield relay
    finally:
        relay.stop()
