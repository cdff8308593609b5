"""The ordinary way of mails over one connection, without a task, for as long as nothing but the ordinary happens.

Granted → the dot, and the next envelope with it → the relay takes the mail and says "go on" → the answer and the next wish to the
clerk → granted. Each step is called by the one before it, since waking a task costs more than the step. Whatever is not ordinary
ends the flow, and `handing` goes on from where it stands.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

from masthead.delivery.ledger.entries import GO, Result
from masthead.delivery.sender import crashing, outcomes
from masthead.delivery.sender.clerk import Answer, Clerk
from masthead.delivery.sender.feeder import Feeder
from masthead.delivery.sender.outcomes import Mail, Rules
from masthead.delivery.sender.relay import Relay
from masthead.mail.transports.base import Lane, Reply


class Flow:
    """The mails of one `lane`, `most` of them at most. What goes wrong in a step is raised by `run`."""

    def __init__(self, lane: Lane, most: int, *, feeder: Feeder, clerk: Clerk, relay: Relay, rules: Rules) -> None:
        self._lane = lane
        self._most = most
        self._feeder = feeder
        self._clerk = clerk
        self._relay = relay
        self._rules = rules
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[Answer | None] = self._loop.create_future()
        self._unwritten: Sequence[Result] = ()
        #: The one that stands at its dot, once it runs, and the next, which the feeder has handed out.
        self.mail: Mail
        self.following: Mail | None = None
        #: How many dots were granted.
        self.granted = 0

    async def run(self, mail: Mail, unwritten: list[Result]) -> Answer | None:
        """Have `unwritten` written, and `mail`, of which only the dot is missing, handed over, and all those behind it.

        When it returns, the flow has stopped at `self.mail`. None: its dot is written, together with the next envelope, and what
        came for an answer is not the ordinary one. Else what the gate said: no, or a yes that has to go another way.
        """
        self._over = self._loop.create_future()
        self._ask(mail, tuple(unwritten))
        unwritten.clear()
        return await self._over

    def heard(self, mail: Mail, reply: Reply) -> Result:
        """What the relay's answer to the dot of `mail` means."""
        if crashing.ARMED:
            crashing.point("reply_read")
        result = outcomes.answered(mail, "dot", reply, self._rules, at=int(time.time()), jitter=random.random())  # noqa: S311
        self._relay.note(result, mail.row.address, "dot", reply)
        return result

    def written(self, results: Sequence[Result]) -> None:
        """They are durable."""
        if results and crashing.ARMED:
            crashing.point("reply_recorded")
        for result in results:
            self._feeder.settled(result.range_id)

    # --- the steps ---------------------------------------------------------------------------------------------------

    def _ask(self, mail: Mail, unwritten: Sequence[Result]) -> None:
        """Have what is unwritten written, and ask the gate for `mail`, in one commit."""
        self.mail, self.following, self._unwritten = mail, None, unwritten
        self._clerk.ask(unwritten, mail.wish, self._told)

    def _told(self, answer: Answer | Exception) -> None:
        if self._over.done():
            return  # cancelled: nobody is left who would see a mail through
        try:
            if isinstance(answer, Exception):
                raise answer
            self.written(self._unwritten)
            if answer.verdict is not GO or not self._dot_is_written(answer):
                self._over.set_result(answer)
        except Exception as error:  # noqa: BLE001 (raised by `run`)
            self._over.set_exception(error)

    def _dot_is_written(self, answer: Answer) -> bool:
        """Write it, now that it is durable that the mail is on its way, if it can be written together with the next envelope."""
        self.mail.claimed = True
        if crashing.ARMED:
            crashing.point("committed")
        if answer.is_late:
            return False
        self.granted += 1
        if self.granted < self._most:
            self.following = self._feeder.next_now(self._relay.key)
        if self.following is None or not self._lane.finish_now(self.following.message, self._answered):
            return False
        if crashing.ARMED:
            crashing.soon("dot_written")
        return True

    def _answered(self, reply: Reply | None) -> None:
        if self._over.done():
            return
        try:
            if reply is None or self.following is None:
                self._over.set_result(None)
                return
            result = self.heard(self.mail, reply)
            if crashing.ARMED:
                crashing.point("mail_sent")
                crashing.point("data_wanted")
                crashing.point("body_written")
            self._ask(self.following, (result,))
        except Exception as error:  # noqa: BLE001 (raised by `run`)
            self._over.set_exception(error)
