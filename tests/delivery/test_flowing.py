"""The flow of mails over a lane: the same order as everywhere, and whatever is not ordinary ends it where it stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, cast

import pytest

from masthead.delivery.ledger.entries import Result, Verdict, Wish
from masthead.delivery.ledger.rows import Row
from masthead.delivery.sender.clerk import Answer, Clerk
from masthead.delivery.sender.feeder import Feeder
from masthead.delivery.sender.flowing import Flow
from masthead.delivery.sender.outcomes import Mail, Rules
from masthead.delivery.sender.relay import Relay
from masthead.mail.message import Message
from masthead.mail.transports.base import Lane, Reply

YES = Reply(250, "2.0.0", "Ok")
ACCEPTED = 3


def mail(number: int) -> Mail:
    row = Row(number, 1, 0, 0, None, None, f"r{number}@example.org", "", "en", "html", "full", "{}", False)
    return Mail(row, Message("b@example.org", row.address, b"", f"<{number}@example.org>"), dated=1)


class Stage:
    """All that a flow speaks with, and what it said, in its order."""

    key = 0

    def __init__(self, mails: int, *, most: int = 1000) -> None:
        self.said: list[str] = []
        self.waiting = [mail(number) for number in range(2, mails + 1)]
        self.lane_can = True
        self.told: Callable[[Answer | Exception], None] | None = None
        self.tell: Callable[[Reply | None], None] | None = None
        self.rules = Rules("resend", 2**40, 60.0)
        self.flow = Flow(
            cast(Lane, self),
            most,
            feeder=cast(Feeder, self),
            clerk=cast(Clerk, self),
            relay=cast(Relay, self),
            rules=self.rules,
        )
        self.run = asyncio.ensure_future(self.flow.run(mail(1), []))

    # as the clerk
    def ask(self, results: Sequence[Result], wish: Wish, told: Callable[[Answer | Exception], None]) -> None:
        self.said.append(f"{[each.id for each in results if each.state == ACCEPTED]} and may {wish.id} go?")
        self.told = told

    # as the feeder
    def next_now(self, key: int) -> Mail | None:
        return self.waiting.pop(0) if self.waiting else None

    def settled(self, range_id: int) -> None:
        self.said.append("settled")

    # as the relay
    def note(self, result: Result, address: str, stage: str, reply: Reply) -> None:
        self.said.append(f"{reply.code} for {address}")

    # as the lane
    def finish_now(self, following: Message, tell: Callable[[Reply | None], None]) -> bool:
        if self.lane_can:
            self.said.append(f"dot, then {following.envelope_to}")
            self.tell = tell
        return self.lane_can

    async def answer(self, verdict: Verdict = Verdict.GO, *, ago: float = 0.0) -> None:
        await self.say(self.told, Answer(verdict, time.monotonic() - ago))

    async def reply(self, reply: Reply | None = YES) -> None:
        await self.say(self.tell, reply)

    async def say(self, listener: Callable[[Any], None] | None, what: object) -> None:
        await asyncio.sleep(0)  # the task begins
        assert listener is not None or self.told is not None
        (listener or self.told)(what)  # type: ignore[misc]
        await asyncio.sleep(0)


def play(act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(act())


def test_a_dot_is_written_after_its_commit_which_has_the_answer_to_the_one_before() -> None:
    async def act() -> None:
        stage = Stage(3)
        await stage.answer()
        await stage.reply()
        await stage.answer()
        await stage.reply()
        assert stage.said == [
            "[] and may 1 go?",
            "dot, then r2@example.org",
            "250 for r1@example.org",
            "[1] and may 2 go?",
            "settled",
            "dot, then r3@example.org",
            "250 for r2@example.org",
            "[2] and may 3 go?",
        ]
        assert not stage.run.done()
        await stage.answer()
        # Nothing follows: its dot goes the other way.
        assert (await stage.run, stage.flow.mail.row.id, stage.flow.following) == (
            Answer(Verdict.GO, pytest.approx(time.monotonic(), abs=5)),
            3,
            None,
        )
        assert stage.flow.granted == 3

    play(act)


@pytest.mark.parametrize("verdict", [Verdict.LEFT, Verdict.HALTED, Verdict.FENCED])
def test_without_a_yes_of_the_gate_there_is_no_dot(verdict: Verdict) -> None:
    async def act() -> None:
        stage = Stage(2)
        await stage.answer(verdict)
        answer = await stage.run
        assert answer is not None
        assert answer.verdict is verdict
        assert stage.said == ["[] and may 1 go?"]
        assert not stage.flow.mail.claimed
        assert len(stage.waiting) == 1

    play(act)


def test_a_yes_that_comes_too_late_writes_no_dot() -> None:
    async def act() -> None:
        stage = Stage(2)
        await stage.answer(ago=0.9)
        answer = await stage.run
        assert answer is not None
        assert answer.is_late
        assert stage.flow.mail.claimed  # which is in the ledger
        assert (stage.said, len(stage.waiting)) == (["[] and may 1 go?"], 1)

    play(act)


def test_what_is_no_ordinary_answer_ends_it_at_a_written_dot() -> None:
    async def act() -> None:
        stage = Stage(3)
        await stage.answer()
        await stage.reply(None)
        assert await stage.run is None
        assert stage.flow.following is not None
        assert (stage.flow.mail.row.id, stage.flow.following.row.id) == (1, 2)

    play(act)


def test_what_has_no_ordinary_way_stops_before_its_dot_with_the_next_in_hand() -> None:
    async def act() -> None:
        stage = Stage(3)
        stage.lane_can = False
        await stage.answer()
        assert await stage.run is not None
        assert stage.flow.following is not None
        assert (stage.flow.mail.row.id, stage.flow.following.row.id, stage.said) == (1, 2, ["[] and may 1 go?"])

    play(act)


def test_a_connection_takes_only_so_many() -> None:
    async def act() -> None:
        stage = Stage(9, most=2)
        await stage.answer()
        await stage.reply()
        await stage.answer()
        assert await stage.run is not None
        assert (stage.flow.granted, stage.flow.mail.row.id, stage.flow.following) == (2, 2, None)
        assert len(stage.waiting) == 7

    play(act)


@pytest.mark.parametrize("step", ["settled", "next_now", "finish_now", "note", "ask"])
def test_a_step_that_fails_fails_the_run(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act() -> None:
        stage = Stage(4)
        await stage.answer()
        await stage.reply()

        def fails(*values: object) -> None:
            raise ZeroDivisionError(step)

        monkeypatch.setattr(stage, step, fails)
        await stage.answer()
        if not stage.run.done():
            await stage.reply()
        with pytest.raises(ZeroDivisionError, match=step):
            await stage.run

    play(act)


def test_a_clerk_that_fails_fails_the_run() -> None:
    async def act() -> None:
        stage = Stage(2)
        await stage.say(None, ZeroDivisionError("no commit"))
        with pytest.raises(ZeroDivisionError, match="no commit"):
            await stage.run

    play(act)


def test_after_the_end_of_the_task_nothing_is_written() -> None:
    async def act() -> None:
        stage = Stage(3)
        await asyncio.sleep(0)
        stage.run.cancel()
        await asyncio.sleep(0)
        await stage.answer()
        assert stage.said == ["[] and may 1 go?"]

    play(act)
