"""Commits on the event loop: nobody is answered before the log is synced, and in the order of the commits."""

from __future__ import annotations

import asyncio
import errno
import os
from datetime import date
from pathlib import Path
from typing import Any, Never, cast

import pytest

from masthead.delivery.ledger.committing import Book
from masthead.delivery.ledger.entries import Verdict, Wish
from masthead.delivery.models import Delivery
from masthead.delivery.sender import rounds
from masthead.delivery.sender.rounds import MOST, Rounds
from masthead.delivery.sender.syncing import Syncs
from tests.delivery.test_sender import begin, sink, work  # noqa: F401  (the first two are fixtures)


class Kernel:
    """Syncs when it is told to."""

    def __init__(self) -> None:
        self.syncs: list[asyncio.Future[None]] = []

    def fdsync(self, number: int) -> asyncio.Future[None]:
        self.syncs.append(asyncio.get_running_loop().create_future())
        return self.syncs[-1]


class Pages:
    """Grants everything."""

    def commit(self, results: Any, wishes: list[Wish], claims: Any, **more: Any) -> dict[int, Verdict]:
        return {each.id: Verdict.GO for each in wishes}


def one_more(our: Rounds, number: int, lanes: int = 1) -> asyncio.Future[dict[int, Verdict]]:
    return our.begin([], [Wish(number, 1, 1, 0, b"")], {}, at=0, today=date(2026, 11, 25), rates=None, lanes=lanes)


def unexpected(error: OSError) -> Never:
    raise error


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_commit_is_answered_when_it_and_those_before_it_are_synced() -> None:
    async def play() -> None:
        kernel = Kernel()
        our = Rounds(cast(Book, Pages()), 0, kernel, unexpected)
        answers = [one_more(our, number) for number in range(MOST)]
        assert not our.may_begin(100)
        kernel.syncs[1].set_result(None)
        await settled()
        assert [each.done() for each in answers] == [False] * MOST
        kernel.syncs[0].set_result(None)
        await settled()
        assert [each.done() for each in answers] == [True, True] + [False] * (MOST - 2)
        assert answers[1].result() == {1: Verdict.GO}
        assert our.may_begin(100)
        for each in kernel.syncs[2:]:
            each.set_result(None)
        await settled()

    asyncio.run(play())


def test_a_further_sync_is_for_as_many_lanes_as_wait_already() -> None:
    async def play() -> None:
        kernel = Kernel()
        our = Rounds(cast(Book, Pages()), 0, kernel, unexpected)
        assert our.may_begin(1)
        one_more(our, 1, lanes=3)
        one_more(our, 2, lanes=4)
        assert [our.may_begin(asking) for asking in (1, 6, 7)] == [False, False, True]
        for each in kernel.syncs:
            each.set_result(None)
        await settled()
        assert our.may_begin(1)

    asyncio.run(play())


def test_a_sync_that_fails_is_told_and_nobody_is_answered() -> None:
    class Ended(Exception):
        pass

    told: list[OSError] = []

    def failed(error: OSError) -> None:
        told.append(error)
        raise Ended

    async def play() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        kernel = Kernel()
        our = Rounds(cast(Book, Pages()), 0, kernel, failed)
        answers = [one_more(our, number) for number in range(2)]
        kernel.syncs[0].set_exception(SystemError("Input/output error"))
        kernel.syncs[1].set_result(None)
        await settled()
        assert [each.done() for each in answers] == [False, False]

    asyncio.run(play())
    assert "Input/output error" in str(told[0])


def test_a_file_that_cannot_be_synced_so_is_found_out_beforehand() -> None:
    """Some file systems have no asynchronous sync; /dev/null has none anywhere."""

    number = os.open("/dev/null", os.O_RDWR)
    try:
        assert asyncio.run(rounds.try_out(cast(Book, Pages()), number, lambda _error: None)) is None
    finally:
        os.close(number)


def test_a_sync_is_not_lost_when_asking_for_its_end_is_interrupted(tmp_path: Path) -> None:
    class Interrupted:
        """As when the process is stopped and continued in this very moment."""

        def __init__(self, context: Any) -> None:
            self._context = context
            self.times = 0

        def process_events(self) -> int:
            self.times += 1
            if self.times == 1:
                raise SystemError(errno.EINTR, "Interrupted system call")
            return cast(int, self._context.process_events())

        def __getattr__(self, name: str) -> Any:
            return getattr(self._context, name)

    async def play(number: int) -> int:
        try:
            syncs = Syncs(MOST)
            await syncs.fdsync(number)
        except (ImportError, OSError, SystemError, ValueError):
            pytest.skip("no asynchronous I/O here")
        interrupted = syncs._context = Interrupted(syncs._context)
        await syncs.fdsync(number)
        syncs.close()
        return interrupted.times

    with (tmp_path / "log").open("wb") as file:
        assert asyncio.run(play(file.fileno())) > 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
def test_no_dot_is_written_before_the_log_is_synced(sink: Any, begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    relay, campaign = sink(), begin(3)
    taken: list[int] = []

    class Slow(Rounds):
        def __init__(self, book: Book, wal: int, aio: Any, failed: Any) -> None:
            real = aio.fdsync

            async def fdsync(number: int) -> None:
                await real(number)
                await asyncio.sleep(0.1)
                taken.append(len(relay.taken()))

            aio.fdsync = fdsync
            super().__init__(book, wal, aio, failed)

    monkeypatch.setattr(rounds, "Rounds", Slow)
    monkeypatch.setattr(rounds, "_BUSY", 60_000)  # on a slow disk the thread must not take a commit over
    work(campaign)
    assert len(relay.taken()) == 3
    # One lane: the first sync is that of the first wish, each further one that of an answer and the next wish.
    assert taken == [0, 1, 2, 3]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_without_asynchronous_syncs_the_thread_commits(sink: Any, begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    relay, campaign = sink(), begin(3)

    async def none(*arguments: Any) -> None:
        return None

    monkeypatch.setattr(rounds, "try_out", none)
    work(campaign)
    assert len(relay.taken()) == 3
    assert not Delivery.objects.exclude(state=Delivery.State.ACCEPTED).exists()
