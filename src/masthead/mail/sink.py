"""A relay that remembers: one line per final dot, synced to its log before it answers. Its log is the truth of drills and tests.

Run as a process of its own: `python -m masthead.mail.sink LOG [--faults FAULTS] [--seed N] [--stage STAGE --kind KIND] …`.
It prints its port. A line: {"at": seconds, "connection": n, "from": IP address, "to": …, "id": Message-ID, "digest": …,
"taken": bool, "told": bool, "fault": kind}. `taken`: the relay has the mail. `told`: it was said so, whole; the sender of a mail
that was taken and not told cannot know. `at` is when the dot came. A line with "cut" says that a fault ended a connection where
the client may not know what became of a mail: after the "answer" to a dot that it had not shown to have read (a reset takes the
answer with it), or in the "body", when the dot was perhaps written already.

`--delay` is the time it takes over each mail; after SIGUSR1 it takes none any more. `--away` is how far off it is: every answer
is that long on its way, as over a long line, while what was asked meanwhile is worked on.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

BEFORE = ("banner", "ehlo", "mail", "rcpt", "data", "rset", "quit")
STAGES = ("connect", *BEFORE, "body", "dot")
KINDS = {
    **dict.fromkeys(BEFORE, ("421", "4xx", "5xx", "close", "reset", "half", "garbage")),
    "connect": ("close", "reset"),
    "body": ("close", "reset"),
    "dot": ("421", "4xx", "5xx", "lost before", "lost", "half", "garbage", "changing code"),
}
#: Kinds of faults at the dot after which the sender cannot know whether the mail was taken.
UNKNOWN = ("lost before", "lost", "half", "garbage", "changing code")
_ID = re.compile(rb"^Message-ID: *(\S+)", re.IGNORECASE | re.MULTILINE)


def fault_shares(text: str) -> dict[str, float]:
    """Percent of faults by stage: of "3" for every stage but RSET and QUIT, of "dot=5,rcpt=2" for those named.

    Raises ValueError.
    """
    if "=" not in text:
        share = _percent(text)
        return {stage: share for stage in STAGES if stage not in ("rset", "quit")}
    shares = {}
    for part in text.split(","):
        stage, _, share_text = part.strip().partition("=")
        if stage not in STAGES:
            raise ValueError(f"{stage!r} is no stage; there is {', '.join(STAGES)}")
        shares[stage] = _percent(share_text)
    return shares


def _percent(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no percentage") from None
    if not 0 <= share <= 100:
        raise ValueError(f"{text!r} does not lie between 0 and 100")
    return share


class HangUp(Exception):
    """The connection is to end now."""


class Way(Protocol):
    """What is said to a client goes this way."""

    @property
    def transport(self) -> asyncio.WriteTransport:
        """Its end."""
        ...

    def write(self, data: bytes) -> None:
        """Say it."""
        ...

    def close(self) -> None:
        """Hang up when all is said."""
        ...


class ShortWay:
    """A line on which the answers to all that was asked in one go are said in one go, as relays do."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._said: list[bytes] = []

    @property
    def transport(self) -> asyncio.WriteTransport:
        """Its end, behind all that was said."""
        self._send()
        return self._writer.transport

    def write(self, data: bytes) -> None:
        """Say it, once nothing more of what was asked is here."""
        if not self._said:
            self._loop.call_soon(self._send)
        self._said.append(data)

    def close(self) -> None:
        """Hang up when all is said."""
        self._send()
        self._writer.close()

    def _send(self) -> None:
        said, self._said = self._said, []
        if said:
            self._writer.write(b"".join(said))


class LongWay:
    """A line on which everything, the hanging up too, is `seconds` on its way, in its order."""

    def __init__(self, writer: asyncio.StreamWriter, seconds: float) -> None:
        self._writer = writer
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._due: deque[Callable[[], None]] = deque()

    @property
    def transport(self) -> asyncio.WriteTransport:
        """Its end, which is near: a reset is at once."""
        return self._writer.transport

    def write(self, data: bytes) -> None:
        """Say it, to be heard later."""
        self._later(lambda: self._writer.write(data))

    def close(self) -> None:
        """Hang up after what was said before."""
        self._later(self._writer.close)

    def _later(self, act: Callable[[], None]) -> None:
        self._due.append(act)
        self._loop.call_later(self._seconds, self._next)

    def _next(self) -> None:
        # Whichever timer it is, the first in the row is due.
        self._due.popleft()()


class Sink:
    """Answers as a relay does, except where a fault is due."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.random = random.Random(options.seed)  # noqa: S311 (no secret: the same seed must give the same faults)
        self.shares = fault_shares(options.faults)
        self.log = os.open(options.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.connections = 0
        self.left = options.count
        self.delay = float(options.delay)
        self.asked: list[float] = []
        #: Connections whose last dot was answered, and whose client has shown by nothing yet that it read the answer.
        self.unheard: set[int] = set()

    def fault(self, stage: str) -> str:
        """The kind of fault due at this stage, or ""."""
        if self.options.stage:
            if stage != self.options.stage or self.left == 0:
                return ""
            self.left -= 1
            return str(self.options.kind)
        share = self.shares.get(stage, 0.0)
        if not share or self.random.random() * 100 >= share:
            return ""
        return self.random.choice(KINDS[stage])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its banner to its end."""
        self.connections += 1
        number = self.connections
        way: Way = LongWay(writer, self.options.away) if self.options.away else ShortWay(writer)
        try:
            await self.talk(number, reader, way)
        except HangUp:
            if number in self.unheard:
                self.write({"at": time.time(), "connection": number, "cut": "answer"})
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            way.close()

    def hurry(self) -> None:
        """From now on no time is taken over a mail."""
        self.delay = 0.0

    async def talk(self, number: int, reader: asyncio.StreamReader, writer: Way) -> None:
        """Answer command by command."""
        self.act(writer, self.fault("connect"), "")
        self.say(writer, "banner", "220 sink.example ESMTP")
        recipient, mail_ok = "", False
        while True:
            line = (await reader.readline()).decode("utf-8", "replace")
            if not line:
                return
            verb = line[:4].upper().strip()
            if verb in ("EHLO", "HELO"):
                offers = ["sink.example", *self.options.offer.split(","), "AUTH PLAIN"]
                self.say(writer, "ehlo", "\r\n".join([f"250-{each}" for each in offers[:-1]] + [f"250 {offers[-1]}"]))
            elif verb == "AUTH":
                writer.write(b"535 5.7.8 that password is wrong\r\n")
            elif verb == "MAIL":
                recipient = ""
                mail_ok = self.say(writer, "mail", "250 2.1.0 Ok")
            elif verb == "RCPT":
                if not mail_ok:
                    writer.write(b"503 5.5.1 no MAIL\r\n")
                    continue
                found = re.search(r"<([^>]*)>", line)
                address = found[1] if found else ""
                if self.options.refuse and self.options.refuse in address:
                    words = self.options.refusal or f"550 5.1.1 <{address}>: no such user here"
                    writer.write(words.encode() + b"\r\n")
                elif self.too_fast(address):
                    writer.write(b"451 4.7.28 rate limit exceeded, slow down\r\n")
                elif self.say(writer, "rcpt", "250 2.1.5 Ok"):
                    recipient = address
            elif verb == "DATA":
                if not recipient:
                    writer.write(b"554 5.5.1 no valid recipients\r\n")
                elif self.say(writer, "data", "354 go on"):
                    await self.take(number, recipient, reader, writer)
                recipient = ""
            elif verb == "RSET":
                self.say(writer, "rset", "250 2.0.0 Ok")
            elif verb == "QUIT":
                self.say(writer, "quit", "221 2.0.0 Bye")
                return
            else:
                writer.write(b"502 5.5.2 what?\r\n")

    def too_fast(self, address: str) -> bool:
        """Whether more mails a second are asked for than the throttled domain takes."""
        if not self.options.throttle or not address.endswith(self.options.throttle):
            return False
        now = time.monotonic()
        self.asked = [each for each in self.asked if each > now - 1]
        if len(self.asked) >= self.options.rate:
            return True
        self.asked.append(now)
        return False

    async def take(self, number: int, recipient: str, reader: asyncio.StreamReader, writer: Way) -> None:
        """Read a mail up to its dot, write it into the log, and answer."""
        # Whoever writes a body has read the 354, and all that was answered before.
        self.unheard.discard(number)
        if kind := self.fault("body"):
            await reader.read(100)
            self.write({"at": time.time(), "connection": number, "cut": "body"})
            self.act(writer, kind, "")
        data = await reader.readuntil(b"\r\n.\r\n")
        at = time.time()
        if self.delay:
            await asyncio.sleep(self.delay)
        kind = self.fault("dot")
        taken = kind not in ("421", "4xx", "5xx", "lost before")
        self.record(at, number, _peer(writer), recipient, data, taken=taken, fault=kind)
        if kind == "lost before" or kind == "lost":
            self.act(writer, "reset", "")
        elif kind == "changing code":
            writer.write(b"250-2.0.0 Ok\r\n450 2.0.0 no\r\n")
        else:
            self.act(writer, kind, "250 2.0.0 Ok: queued as 4F00D1")
            self.unheard.add(number)

    def say(self, writer: Way, stage: str, answer: str) -> bool:
        """Say `answer`, unless a fault is due; whether it was said."""
        kind = self.fault(stage)
        self.act(writer, kind, answer)
        return not kind

    def act(self, writer: Way, kind: str, answer: str) -> None:
        """Misbehave as `kind` says, or say `answer`."""
        if kind == "close":
            raise HangUp
        if kind == "reset":
            writer.transport.abort()
            raise HangUp
        if kind == "half":
            writer.write(b"25")
            raise HangUp
        if kind == "garbage":
            writer.write(b"\xff\xfe what now\r\n")
            raise HangUp
        words = {"421": "421 4.3.2 closing", "4xx": "451 4.3.0 later", "5xx": self.options.words}.get(kind, answer)
        if words:
            writer.write(words.encode() + b"\r\n")
        if kind == "421":
            raise HangUp

    def record(self, at: float, number: int, peer: str, recipient: str, data: bytes, *, taken: bool, fault: str) -> None:
        """One line, on the disk when this returns."""
        found = _ID.search(data)
        line: dict[str, object] = {
            "at": at,
            "connection": number,
            "from": peer,
            "to": recipient,
            "id": found[1].decode() if found else "",
            "digest": hashlib.sha256(data).hexdigest()[:16],
            "taken": taken,
            "told": not fault,
            "fault": fault,
        }
        self.write(line)

    def write(self, line: dict[str, object]) -> None:
        """Into the log, on the disk when this returns."""
        os.write(self.log, json.dumps(line).encode() + b"\n")
        if not self.options.unsynced:
            os.fdatasync(self.log)


def _peer(way: Way) -> str:
    name = way.transport.get_extra_info("peername")
    return str(name[0]) if name else ""


async def main() -> None:
    """Listen, on a free loopback port if not told otherwise, until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--faults", default="0", help="Percent of faults at every stage, or stage=percent,…")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--kind", default="")
    parser.add_argument("--count", type=int, default=-1)
    parser.add_argument("--delay", type=float, default=0, help="Seconds.")
    parser.add_argument("--away", type=float, default=0, help="Seconds that each answer is on its way.")
    parser.add_argument("--unsynced", action="store_true", help="To measure senders: one sync after the other is all it can do.")
    parser.add_argument("--refuse", default="", help="Addresses with this in them are refused, by --refusal.")
    parser.add_argument("--refusal", default="")
    parser.add_argument("--offer", default="PIPELINING,8BITMIME,SMTPUTF8")
    parser.add_argument("--words", default="554 5.3.0 no")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--throttle", default="", help="A domain that takes only --rate mails a second.")
    parser.add_argument("--rate", type=int, default=3)
    sink = Sink(parser.parse_args())
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, sink.hurry)
    server = await asyncio.start_server(sink.serve, sink.options.host, sink.options.port, limit=2**26)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
