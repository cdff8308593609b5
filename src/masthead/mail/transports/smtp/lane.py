"""A lane over SMTP: one connection that takes one mail after the other, pipelined where the server offers it (RFC 2920).

One group is: the final dot of a mail, then MAIL, RCPT and DATA of the next. Its body follows after 354, its own dot only when
the caller says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from masthead.mail.message import Message
from masthead.mail.transports.base import ConnectFailed, Lost, Refused, Reply, Stage, TransportConfig
from masthead.mail.transports.smtp.commands import dot_stuffed, envelope, mail_from, rcpt_to, unsendable
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.extensions import Extensions
from masthead.mail.transports.smtp.greeting import Session, connect, secure, sign_in
from masthead.mail.transports.smtp.wire import Wire, WireError

_BLOCK = 256 * 1024
#: A body up to this size waits for its dot, and they are one write: half as many system calls and wake-ups at both ends.
_ONE_WRITE = 64 * 1024
_GOING_AWAY = 421


class SmtpLane:
    """See `mail.transports.base.Lane` for the contract."""

    def __init__(self, config: TransportConfig, deadlines: Deadlines | None = None) -> None:
        self._config = config
        self._deadlines = deadlines or Deadlines()
        self._session: Session | None = None
        self._message: Message | None = None
        self._body = b""
        self._unsendable: Refused | None = None
        self._needs_reset = False
        self._leaving = False

    @property
    def alive(self) -> bool:
        """Connected, and not told to go away."""
        return self._session is not None and self._session.wire.open and not self._leaving

    @property
    def offers(self) -> Extensions:
        """What the server offered; nothing before `open`."""
        return self._session.offers if self._session else Extensions()

    async def open(self) -> None:
        """Connect, greet, STARTTLS, sign in. Raises ConnectFailed."""
        if self._session is not None:
            self._session.wire.abort()
        self._session, self._message, self._unsendable = None, None, None
        self._needs_reset = self._leaving = False
        session = await connect(self._config, self._deadlines)
        try:
            await secure(session, self._config, self._deadlines)
            await sign_in(session, self._config, self._deadlines)
        except ConnectFailed:
            session.wire.abort()
            raise
        self._session = session

    async def begin(self, message: Message) -> None:
        """Write the envelope. Raises Lost."""
        wire = self._wire("mail")
        if wire.unasked:
            raise await self._interrupted("mail")
        if not self._prepare(message):
            return
        if self._needs_reset and not self.offers.pipelining:
            self._write(wire, b"RSET\r\n", "mail")
            await self._reset_done()
        self._write(wire, self._opening_group(message), "mail")

    def take_go_on(self) -> bool:
        """Whether MAIL, RCPT and DATA are answered well already and the body is short; nearly every mail goes this way."""
        session, message = self._session, self._message
        if session is None or message is None or self._leaving or self._needs_reset or self._unsendable is not None:
            return False
        if not _is_ordinary(message) or not session.offers.pipelining or not session.wire.take_go_on():
            return False
        self._body = message.raw
        return True

    async def ready(self) -> Refused | None:
        """The verdict on the envelope. Raises Lost(after_dot=False)."""
        if self._unsendable is not None:
            never = self._unsendable
            self._message = self._unsendable = None
            return never
        message = self._current()
        if self._needs_reset:
            await self._reset_done()
        refused = await (self._pipelined_verdict() if self.offers.pipelining else self._stepwise_verdict(message))
        if refused is not None:
            self._message = None
            self._needs_reset = True
        return refused

    async def body(self) -> None:
        """Write the body without its dot; a short one is kept for `finish`. Raises Lost(after_dot=False)."""
        wire = self._wire("body")
        message = self._current()
        data = message.raw if message.sound else dot_stuffed(message.raw)
        if len(data) <= _ONE_WRITE:
            self._body = data
            return
        for start in range(0, len(data), _BLOCK):
            self._write(wire, data[start : start + _BLOCK], "body")
            try:
                await wire.drained(self._deadlines.block)
            except WireError as error:
                raise self._lost(error, "body") from error

    async def finish(self, following: Message | None) -> Reply:
        """The final dot, and the envelope of `following` with it. Raises Lost; after_dot=True once the dot was written."""
        wire = self._wire("body")
        self._current()
        if wire.unasked:
            # An answer nobody asked for must never be taken for the answer to the dot.
            raise await self._interrupted("body")
        pieces = [self._body, b".\r\n"]
        self._message, self._body = None, b""
        pipelined = self.offers.pipelining
        if following is not None and pipelined and self._prepare(following):
            pieces.append(self._opening_group(following))
        self._write(wire, b"".join(pieces), "dot")
        reply = await self._end_of_mail(wire.reply(self._deadlines.dot))
        if following is not None and not pipelined and self._prepare(following) and self.alive:
            self._write(wire, self._opening_group(following), "mail")
        return reply

    def finish_now(self, following: Message, tell: Callable[[Reply | None], None]) -> bool:
        """`finish` without a wait, if nothing speaks against the ordinary; see `Lane`."""
        session = self._session
        if session is None or self._leaving or self._needs_reset or not session.offers.pipelining or not _is_ordinary(following):
            return False
        offers = session.offers
        if unsendable(following, offers) is not None:
            return False
        group = b"".join((self._body, b".\r\n", envelope(following, offers)))
        if not session.wire.exchange(group, self._deadlines.dot, tell):
            return False
        self._message, self._body = following, following.raw
        return True

    async def late_answer(self) -> Reply:
        """What `finish` would return. Raises Lost(after_dot=True)."""
        return await self._end_of_mail(self._wire("dot").late_reply())

    async def abandon(self) -> None:
        """Close without a dot."""
        self._message, self._unsendable = None, None
        if self._session is not None:
            self._session.wire.abort()
            self._session = None

    async def close(self) -> None:
        """QUIT and close; raises nothing, since all mails are settled."""
        session, self._session, self._message = self._session, None, None
        if session is None or not session.wire.open:
            return
        try:
            session.wire.write(b"QUIT\r\n")
            while (await session.wire.reply(self._deadlines.quit)).code not in {221, _GOING_AWAY}:
                pass
        except WireError:
            session.wire.abort()  # it did not say good-bye; nothing depends on it
        session.wire.close()

    # --- the envelope ----------------------------------------------------------------------------------------------

    async def _end_of_mail(self, waiting: asyncio.Future[Reply]) -> Reply:
        try:
            reply = await waiting
        except WireError as error:
            raise self._lost(error, "dot", after_dot=True) from error
        if reply.code == _GOING_AWAY:
            self._leaving = True
        if 300 <= reply.code < 400:
            raise self._lost(
                WireError(_("it answered %(words)s to the end of the mail") % {"words": reply}), "dot", after_dot=True
            )
        return reply

    def _prepare(self, message: Message) -> bool:
        """Make `message` the current one; False when this server can never take it, which `ready` then says."""
        self._message, self._body = message, b""
        self._unsendable = unsendable(message, self.offers)
        return self._unsendable is None

    def _opening_group(self, message: Message) -> bytes:
        """RSET after a refusal, then MAIL; RCPT and DATA with it where commands may be pipelined."""
        offers = self.offers
        group = envelope(message, offers) if offers.pipelining else mail_from(message, offers)
        return b"RSET\r\n" + group if self._needs_reset else group

    async def _pipelined_verdict(self) -> Refused | None:
        """Match the three replies in order. A refusal is certain, whatever happens to the connection after it."""
        if self._wire("mail").take_go_on():
            return None
        first: Refused | None = None
        for stage in _ENVELOPE:
            try:
                reply = await self._reply(stage, after_dot=False)
            except Lost:
                if first is None:
                    raise
                return first
            wanted = _is_wanted(stage, reply)
            if first is None and not wanted:
                first = self._refusal(stage, reply)
            elif first is not None and stage == "data" and reply.code == _START_INPUT:
                await self.abandon()  # RFC 2920 §3.1: a lone dot here could send an empty mail
            if self._leaving:
                break
        return first

    async def _stepwise_verdict(self, message: Message) -> Refused | None:
        """One command, one reply. MAIL is already written."""
        following = {"mail": rcpt_to(message, self.offers), "rcpt": b"DATA\r\n"}
        for stage in _ENVELOPE:
            reply = await self._reply(stage, after_dot=False)
            if not _is_wanted(stage, reply):
                return self._refusal(stage, reply)
            if stage in following:
                self._write(self._wire(stage), following[stage], stage)
        return None

    def _refusal(self, stage: Stage, reply: Reply) -> Refused:
        if reply.positive:
            raise self._lost(
                WireError(_("it answered %(words)s to %(command)s") % {"words": reply, "command": stage.upper()}), stage
            )
        return Refused(stage, reply)

    async def _reset_done(self) -> None:
        await self._reply("mail", after_dot=False)  # whatever it says to RSET, its answer to MAIL tells more
        self._needs_reset = False

    # --- reading and writing -----------------------------------------------------------------------------------------

    async def _reply(self, stage: Stage, *, after_dot: bool, seconds: float | None = None) -> Reply:
        wire = self._wire(stage)
        try:
            reply = await wire.reply(seconds or self._deadlines.command)
        except WireError as error:
            raise self._lost(error, stage, after_dot=after_dot) from error
        if reply.code == _GOING_AWAY:
            self._leaving = True
        return reply

    def _write(self, wire: Wire, data: bytes, stage: Stage) -> None:
        try:
            wire.write(data)
        except WireError as error:
            raise self._lost(error, stage) from error

    def _wire(self, stage: Stage) -> Wire:
        if self._session is None:
            raise Lost(_("There is no connection to the mail server."), stage=stage)
        if self._leaving:
            raise self._lost(WireError(_("it is closing the connection (421)")), stage)
        return self._session.wire

    def _current(self) -> Message:
        if self._message is None:
            raise RuntimeError("no mail was begun on this lane")
        return self._message

    async def _interrupted(self, stage: Stage) -> Lost:
        """The server spoke unasked, usually to say why it is about to hang up. No dot was written."""
        wire = self._wire(stage)
        try:
            said = await wire.reply(1)
        except WireError as error:
            return self._lost(error, stage)
        return self._lost(WireError(_("it broke in with %(words)s") % {"words": said}), stage, reply=said)

    def _lost(self, error: WireError, stage: Stage, *, after_dot: bool = False, reply: Reply | None = None) -> Lost:
        if self._session is not None:
            self._session.wire.abort()
            self._session = None
        self._message, self._unsendable = None, None
        words = str(_WORDS[stage]) if stage in _WORDS else _("The connection to %(host)s was lost: %(why)s.")
        text = words % {"host": self._config.host, "why": error}
        return Lost(text, stage=stage, after_dot=after_dot, reply=reply)


_START_INPUT = 354
_ENVELOPE: tuple[Stage, ...] = ("mail", "rcpt", "data")
_WORDS: dict[Stage, object] = {
    "mail": gettext_lazy("The connection to %(host)s was lost at the sender's address: %(why)s."),
    "rcpt": gettext_lazy("The connection to %(host)s was lost at the reader's address: %(why)s."),
    "data": gettext_lazy("The connection to %(host)s was lost before the mail: %(why)s."),
    "body": gettext_lazy("The connection to %(host)s was lost in the middle of the mail: %(why)s."),
    "dot": gettext_lazy("The connection to %(host)s was lost after the end of the mail, before the answer: %(why)s."),
}


def _is_ordinary(message: Message) -> bool:
    """Whether its body goes out as it is, and in one write with its dot."""
    return message.sound and len(message.raw) <= _ONE_WRITE


def _is_wanted(stage: Stage, reply: Reply) -> bool:
    return reply.code == _START_INPUT if stage == "data" else 200 <= reply.code < 300
