"""The contract of a transport: replies, errors, and the lane, one open connection that takes one mail after the other.

TransportError(permanent, after_dot, reply)
├── ConnectFailed   no connection, no greeting, no TLS, no sign-in; nothing was sent: the mail stays queued
└── Lost            the connection broke. after_dot=False: surely not taken; after_dot=True: nobody can know (RFC 1047)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from masthead.mail.message import Message
from masthead.mail.pacing.limits import NO_LIMITS, Limits

Stage = Literal["connect", "greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "unsendable"]
Security = Literal["starttls", "tls", "opportunistic", "none"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete answer of a relay: `code` 200–599, `enhanced` as in RFC 3463 ("5.1.1") or empty, `text` its own words."""

    code: int
    enhanced: str
    text: str

    @property
    def positive(self) -> bool:
        """The command was done (2xx) or may go on (354)."""
        return 200 <= self.code < 400

    @property
    def temporary(self) -> bool:
        """It may work later (4xx)."""
        return 400 <= self.code < 500

    @property
    def permanent(self) -> bool:
        """It will not work by trying again (5xx)."""
        return self.code >= 500

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)


@dataclass(frozen=True, slots=True)
class Refused:
    """The relay did not want this mail before its body was written; it was surely not taken.

    `stage` is the first command refused, or "unsendable" when this relay can never carry the mail and nothing was written:
    it lacks SMTPUTF8, the mail is larger than it takes, or the bytes are unfit for any relay. `reply.text` says which.
    """

    stage: Stage
    reply: Reply


class TransportError(Exception):
    """A connection could not be made or kept. The text is for people and contains the server's own words if it spoke.

    `permanent`: trying again without changing something will not help. `after_dot`: the final dot was written and its
    reply never came, so the mail may have been taken. `stage` is where it happened.
    """

    def __init__(
        self, text: str, *, stage: Stage, permanent: bool = False, after_dot: bool = False, reply: Reply | None = None
    ) -> None:
        super().__init__(text)
        self.text = text
        self.stage = stage
        self.permanent = permanent
        self.after_dot = after_dot
        self.reply = reply


class ConnectFailed(TransportError):
    """The lane could not be opened. `stage` "auth" with `permanent` means that the sign-in was refused."""


class Lost(TransportError):
    """The connection ended, or said something that is no SMTP, in the middle of the work."""


@dataclass(frozen=True, slots=True)
class TransportConfig:
    """Everything a lane needs to know. `name` is what screens show; `kind` "inbox" is the built-in inbox on loopback."""

    name: str
    kind: Literal["inbox", "smtp"]
    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    connections: int = 10
    messages_per_connection: int = 1000
    ca_file: str = ""
    helo: str = "[127.0.0.1]"
    """What we call ourselves in EHLO: the public host name, or an address literal; never the machine's own name."""
    key: int = 0
    """The row's id: the name of its counters. 0 for MASTHEAD_SMTP_URL and for the inbox."""
    weight: int = 1
    """Its share of a campaign beside other relays."""
    limits: Limits = NO_LIMITS
    """What all workers together may send by it, the day's ceiling of a warm-up plan included."""
    connections_in_all: int | None = None
    """The most connections of all workers together; None: each may have `connections`."""


class Lane(Protocol):
    """One connection to a relay, used by one task at a time: open, then for each mail begin, ready, body, finish.

    `finish(following)` leaves the lane as `begin(following)` does. After Refused the lane may begin another mail at once if it
    is `alive`; after any TransportError and after `abandon` it is not, and `open` makes a new connection.
    """

    @property
    def alive(self) -> bool:
        """Whether `begin` may be called: connected, and not told to go away (421)."""

    async def open(self) -> None:
        """Connect, greet, STARTTLS, sign in. Raises ConnectFailed."""

    async def begin(self, message: Message) -> None:
        """Write MAIL, RCPT and DATA, in one go where the relay offers PIPELINING. Raises Lost."""

    def take_go_on(self) -> bool:
        """Whether the relay wants the body already, and all of it is kept for `finish`: then there is nothing to do for `ready`
        and `body`. Without it, nothing is said about what they would find.
        """

    async def ready(self) -> Refused | None:
        """Wait for the replies to them. None: the relay wants the body. Raises Lost (after_dot=False)."""

    async def body(self) -> None:
        """Write the dot-stuffed body without the final dot, or keep it for `finish`. Raises Lost (after_dot=False)."""

    async def finish(self, following: Message | None) -> Reply:
        """Write what is left of the body, the final dot, and MAIL, RCPT, DATA of `following` with it.

        Returns the reply to the dot, whatever its code.

        Raises Lost(after_dot=True) when that reply never came.
        """

    def finish_now(self, following: Message, tell: Callable[[Reply | None], None]) -> bool:
        """`finish` for the ordinary case, in which the relay takes the mail and says "go on" to `following` with the same breath.

        Then the reply is told, and what is left to be done for `following` is to finish it. If anything else comes, or
        nothing, None is told: `late_answer` is what `finish` would return, and then comes `ready`. False: nothing is written
        and nobody will be told, `finish` does it.
        """

    async def late_answer(self) -> Reply:
        """The reply to the dot that `finish_now` has written, after it has told None. Raises Lost(after_dot=True)."""

    async def abandon(self) -> None:
        """Close without a final dot: the relay throws away what it has of the mail."""

    async def close(self) -> None:
        """QUIT, wait at most 5 s for the answer, close. Raises nothing: all mails are settled."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a probe in plain words: `name` "connect", "tls", "sign-in", "features"; `text` what happened.

    `size`: with the features, the bytes of the largest mail the server takes; 0 when it sets no limit or does not say.
    `server`: with the connection, the name that the server greets with (RFC 5321 §4.2).
    """

    name: str
    ok: bool
    text: str
    size: int = 0
    server: str = ""
