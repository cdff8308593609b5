"""One TCP connection that speaks in replies: writes bytes, waits for whole answers until an absolute deadline."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from masthead.mail.transports.base import Reply
from masthead.mail.transports.smtp.replies import BadReplyError, ReplyReader, all_well

_MOST_UNREAD = 256 * 1024
_HIGH_WATER = 256 * 1024
_TOOK_NOTHING = gettext_lazy("it took no more data for %(seconds)g s")
_NO_ANSWER = gettext_lazy("it gave no complete answer within %(seconds)g s")


class WireError(Exception):
    """The connection is of no more use; the text says why, as part of a sentence about the server.

    `line` is how what it said begins, when it said something that is no SMTP.
    """

    def __init__(self, text: str, line: bytes = b"") -> None:
        super().__init__(text)
        self.line = line


class Wire(asyncio.Protocol):
    """The protocol behind a transport of asyncio. After a WireError nothing but `abort` makes sense."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._reader = ReplyReader()
        #: Whether all that MAIL, RCPT and DATA are answered in the best case is here already; then it is read.
        self.take_go_on = self._reader.take_go_on
        #: One of the three is waited for, until `_deadline`; then `_late` says of the server what it did not do.
        self._answer: asyncio.Future[Reply] | None = None
        self._tell: Callable[[Reply | None], None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._late: tuple[object, float] = (_NO_ANSWER, 0.0)
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._ended: str | None = None
        self._full = False

    # --- asyncio calls these -----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection, or its encrypted successor after STARTTLS."""
        self.use(transport)

    def data_received(self, data: bytes) -> None:
        """Collect; a server that talks on and on is cut off."""
        tell, self._tell = self._tell, None
        if tell is not None and (reply := all_well(data)) is not None:
            tell(reply)
            return
        self._reader.feed(data)
        if self._reader.waiting > _MOST_UNREAD:
            self._end(_("it sent more than anybody asked for"))
            self.abort()
        elif self._answer is not None:
            self._look_for_answer(self._answer)
        if tell is not None:
            tell(None)

    def eof_received(self) -> bool:
        """The server has closed its side; there is no more to be had from it."""
        in_the_middle = self._reader.in_the_middle
        self._end(_("it closed the connection in the middle of an answer") if in_the_middle else _("it closed the connection"))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed, by whomever."""
        self._end(_("it closed the connection") if exc is None else _("the connection broke: %(why)s") % {"why": _words(exc)})

    def pause_writing(self) -> None:
        """The server reads more slowly than we write."""
        self._full = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._full = False
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    # --- the client calls these --------------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        """Whether bytes can still go both ways, as far as anybody knows."""
        return self._transport is not None and self._ended is None

    @property
    def unasked(self) -> bool:
        """Whether the server has said something that nobody has read."""
        return self._reader.waiting > 0

    @property
    def transport(self) -> asyncio.Transport:
        """The transport underneath. Raises WireError when there is none."""
        if self._transport is None:
            raise WireError(_("there is no connection"))
        return self._transport

    def use(self, transport: asyncio.BaseTransport) -> None:
        """Speak through `transport` from now on."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports are no subclasses
        self._transport.set_write_buffer_limits(high=_HIGH_WATER)

    def write(self, data: bytes) -> None:
        """Hand `data` to the operating system, or keep it until there is room. Raises WireError on a closed connection."""
        if self._ended is not None:
            raise WireError(self._ended)
        self.transport.write(data)

    async def drained(self, seconds: float) -> None:
        """Wait until there is room to write. Raises WireError after `seconds`."""
        deadline = self._loop.time() + seconds
        while self._full:
            if self._ended is not None:
                raise WireError(self._ended)
            self._room = self._loop.create_future()
            self._wait_until(deadline, (_TOOK_NOTHING, seconds))
            await self._room

    def reply(self, seconds: float) -> asyncio.Future[Reply]:
        """The next complete reply; a WireError after `seconds` altogether, however busily the server drips."""
        return self._reply_until(self._loop.time() + seconds, (_NO_ANSWER, seconds))

    def exchange(self, data: bytes, seconds: float, tell: Callable[[Reply | None], None]) -> bool:
        """Write `data`, and tell of the reply if it is a yes and comes with all that `take_go_on` takes, which is read then.

        Otherwise None is told, as soon as that is clear or after `seconds`; `late_reply` is the reply then. False: nothing is
        written, since the connection has ended or the server said something that nobody asked for.
        """
        if self._transport is None or self._ended is not None or self._reader.waiting:
            return False
        self._transport.write(data)
        self._tell = tell
        self._wait_until(self._loop.time() + seconds, (_NO_ANSWER, seconds))
        return True

    def late_reply(self) -> asyncio.Future[Reply]:
        """The reply that `exchange` did not tell of, until the same deadline."""
        return self._reply_until(self._deadline, self._late)

    async def encrypt(self, context: ssl.SSLContext, server_name: str, seconds: float) -> None:
        """Turn the connection into TLS. Raises ssl.SSLError, OSError, WireError."""
        if self.unasked:
            # RFC 3207 §6: what was said in clear before the handshake may be an attacker's.
            raise WireError(_("it sent data before the encryption began"))
        transport = await self._loop.start_tls(
            self.transport, self, context, server_hostname=server_name, ssl_handshake_timeout=seconds
        )
        if transport is None:
            raise WireError(_("it closed the connection during the TLS handshake"))
        self.use(transport)

    def abort(self) -> None:
        """Close at once; what was not yet sent is thrown away."""
        if self._transport is not None:
            self._transport.abort()
        self._end(_("we closed the connection"))

    def close(self) -> None:
        """Close after what was written has been sent."""
        if self._transport is not None:
            self._transport.close()
        self._end(_("we closed the connection"))

    # --- inside --------------------------------------------------------------------------------------------------

    def _reply_until(self, deadline: float, late: tuple[object, float]) -> asyncio.Future[Reply]:
        self._answer = answer = self._loop.create_future()
        if self._reader.waiting or self._ended is not None:
            self._look_for_answer(answer)
        if not answer.done():
            self._wait_until(deadline, late)
        return answer

    def _look_for_answer(self, answer: asyncio.Future[Reply]) -> None:
        """End the wait for a reply if there is one, or can be none any more."""
        if answer.done():
            return
        try:
            reply = self._reader.next()
        except BadReplyError as error:
            self._answer = None
            self._end(str(error))
            answer.set_exception(WireError(str(error), error.line))
            return
        if reply is not None:
            self._answer = None
            answer.set_result(reply)
        elif self._ended is not None:
            self._answer = None
            answer.set_exception(WireError(self._ended))

    def _wait_until(self, deadline: float, late: tuple[object, float]) -> None:
        self._deadline, self._late = deadline, late
        if self._timer is None or self._timer_at > deadline:
            self._ring_at(deadline)

    def _ring_at(self, moment: float) -> None:
        """Have the one timer of this wire ring. It is left to ring too early rather than made anew for every answer."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_at = self._loop.call_at(moment, self._rang), moment

    def _rang(self) -> None:
        self._timer = None
        waits = [each for each in (self._answer, self._room) if each is not None and not each.done()]
        if not waits and self._tell is None:
            return
        if self._loop.time() >= self._deadline:
            words, seconds = self._late
            self._end(str(words) % {"seconds": seconds})
        else:
            self._ring_at(self._deadline)

    def _end(self, words: str) -> None:
        if self._ended is None:
            self._ended = words
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._answer is not None:
            self._look_for_answer(self._answer)
        if self._room is not None and not self._room.done():
            self._room.set_exception(WireError(self._ended))
        tell, self._tell = self._tell, None
        if tell is not None:
            tell(None)


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
