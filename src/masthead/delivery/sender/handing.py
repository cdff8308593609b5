"""Handing over: one lane, from connection to connection, mail after mail, by the rules of the ledger.

The order for each mail is: envelope, body, commit (the answer to the mail before, and this one to SENDING behind the gate), dot.
The dot travels together with the envelope of the next mail.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from masthead.delivery.ledger.entries import GO, Result, Verdict
from masthead.delivery.sender import crashing, outcomes
from masthead.delivery.sender.clerk import Answer, Clerk
from masthead.delivery.sender.feeder import Feeder
from masthead.delivery.sender.flowing import Flow
from masthead.delivery.sender.outcomes import Mail, Rules
from masthead.delivery.sender.relay import Relay
from masthead.mail.transports.base import Lane, Lost, Refused, TransportError


@dataclass(slots=True)
class Handing:
    """One lane's work. `run` returns when the feeder has nothing more for it."""

    feeder: Feeder
    clerk: Clerk
    relay: Relay
    rules: Rules
    most_per_connection: int

    async def run(self) -> None:
        """Connect, hand over, connect again, until there is nothing to do."""
        key = self.relay.key
        while True:
            # With other relays beside it nothing waits in the hands of a lane whose relay may be out of reach.
            mail = None if self.relay.has_others else await self.feeder.next(key)
            if mail is None and not (self.relay.has_others and await self.feeder.has_work()):
                return
            lane = await self.relay.connect()
            if lane is None:
                if mail is not None:
                    self.feeder.put_back(mail)
                return
            try:
                mail = mail or await self.feeder.next(key)
                if mail is None:
                    await lane.close()
                    return
                await self._connection(lane, mail)
            finally:
                self.relay.lost()

    async def _connection(self, lane: Lane, first: Mail) -> None:
        """Hand over on this connection until it ends or nothing is left. Every answer is durable when this returns."""
        most = self.most_per_connection
        flow = Flow(lane, most, feeder=self.feeder, clerk=self.clerk, relay=self.relay, rules=self.rules)
        mail: Mail | None = first
        unwritten: list[Result] = []
        begun = False
        while mail is not None:
            try:
                if not begun:
                    await lane.begin(mail.message)
            except Lost:
                # The connection was dead before this mail was on it: nothing is held against the mail.
                self.feeder.put_back(mail)
                break
            if crashing.ARMED:
                crashing.point("mail_sent")
            refusal = None if self._wants_body_now(lane) else await self._envelope_and_body(lane, mail)
            if refusal is not None:
                unwritten.append(self._before_dot(mail, refusal))
                await self._write(flow, unwritten)
                if isinstance(refusal, TransportError) or not lane.alive:
                    break
                mail, begun = await self.feeder.next(self.relay.key), False
                continue
            answer = await flow.run(mail, unwritten)
            mail, following = flow.mail, flow.following
            if answer is not None and not await self._may_finish(flow, answer):
                if following is not None:
                    self.feeder.put_back(following)
                await lane.abandon()
                break
            unwritten.append(await self._finished(flow, lane, dot_is_written=answer is None))
            begun = following is not None
            if not lane.alive:
                if following is not None:
                    self.feeder.put_back(following)
                break
            mail = following
            if mail is None:
                await self._write(flow, unwritten)
                if flow.granted >= most:
                    break
                mail = await self.feeder.next(self.relay.key)
        await self._write(flow, unwritten)
        await lane.close()

    def _wants_body_now(self, lane: Lane) -> bool:
        """Whether only the dot is missing. So it is nearly always: the relay says "go on" together with its last answer."""
        if not lane.take_go_on():
            return False
        if crashing.ARMED:
            crashing.point("data_wanted")
            crashing.point("body_written")
        return True

    async def _envelope_and_body(self, lane: Lane, mail: Mail) -> Refused | TransportError | None:
        """None: the body is written and only the dot is missing."""
        try:
            refused = await lane.ready()
            if refused is not None:
                return refused
            crashing.point("data_wanted")
            await lane.body()
            crashing.point("body_written")
        except Lost as error:
            return error
        return None

    def _before_dot(self, mail: Mail, why: Refused | TransportError) -> Result:
        at, jitter = int(time.time()), random.random()  # noqa: S311 (no secret)
        if isinstance(why, TransportError):
            return outcomes.lost(mail, why, self.rules, at=at, jitter=jitter)
        result = outcomes.refused(mail, why, self.rules, at=at, jitter=jitter)
        self.relay.note(result, mail.row.address, why.stage, why.reply)
        return result

    async def _may_finish(self, flow: Flow, answer: Answer) -> bool:
        """Whether the dot may follow at once, after what the gate said of the mail at which the flow has stopped."""
        mail = flow.mail
        if answer.verdict is not GO:
            if answer.verdict is Verdict.LEFT:
                self.feeder.settled(mail.row.range_id)
            else:
                self.feeder.put_back(mail)
                self.feeder.halt()
            return False
        if answer.is_late:
            late = TransportError("The machine was too slow between the last look at the list and the mail's end.", stage="body")
            result = outcomes.lost(mail, late, self.rules, at=int(time.time()), jitter=0.0)
            await self._write(flow, [result])
            return False
        return True

    async def _finished(self, flow: Flow, lane: Lane, *, dot_is_written: bool) -> Result:
        """The result of the mail at which the flow has stopped, and its dot, with the next envelope, if that is not written."""
        mail, following = flow.mail, flow.following
        if dot_is_written:
            work = lane.late_answer()
        else:
            work = lane.finish(following.message if following is not None else None)
            work = crashing.after_start("dot_written", work) if crashing.ARMED else work
        try:
            return flow.heard(mail, await work)
        except Lost as error:
            certain = not error.after_dot and error.stage == "body"
            known = error if error.after_dot or certain else TransportError(error.text, stage="dot", after_dot=True)
            return outcomes.lost(mail, known, self.rules, at=int(time.time()), jitter=random.random())  # noqa: S311

    async def _write(self, flow: Flow, unwritten: list[Result]) -> None:
        if unwritten:
            await self.clerk.commit(list(unwritten))
            flow.written(unwritten)
            unwritten.clear()
