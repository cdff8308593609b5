"""The sender against a real relay that misbehaves on order: the table of `reliability.md`, section 3, and the gate."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

import masthead
from masthead.audience.models import Subscription
from masthead.common.stopping import STOP
from masthead.delivery import campaigns, lookups, starting, sweeping, trouble
from masthead.delivery.ledger import ranges
from masthead.delivery.ledger.committing import Book
from masthead.delivery.models import Campaign, Delivery, Range
from masthead.delivery.sender import calls, clerk, working
from masthead.delivery.sender import relay as relays
from masthead.mail.message import Message
from masthead.mail.models import Slowdown
from masthead.mail.pacing import governor
from masthead.mail.transports import choosing
from masthead.mail.transports.base import Reply
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.lane import SmtpLane
from tests.mail.scripted import DRIP, EHLO, ENDLESS, SILENCE, Script, scripted

State = Delivery.State
pytestmark = pytest.mark.django_db(transaction=True)


class Sink:
    """A sink process and what it remembers."""

    def __init__(self, log: Path, *options: str) -> None:
        self.log = log
        log.touch()
        command = [sys.executable, "-m", "masthead.mail.sink", str(log), *options]
        environment = {**os.environ, "PYTHONPATH": str(Path(masthead.__file__).parents[1])}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def lines(self) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.log.read_text().splitlines()) if "cut" not in line]

    def taken(self) -> list[str]:
        return [each["to"] for each in self.lines() if each["taken"]]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def sink(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Sink]]:
    """A function: options → a sink that mail leaves to, by one connection."""
    made: list[Sink] = []
    monkeypatch.setattr(governor, "FIRST_STOP", 0.05)
    monkeypatch.setattr(governor, "SLOWEST_AT_FIRST", 50.0)
    monkeypatch.setattr(governor, "FASTEST_AT_FIRST", 50.0)
    settings.SMTP_CONNECTIONS = 1
    settings.RETRY_SECONDS = 1

    def make(*options: str, user: str = "") -> Sink:
        made.append(Sink(tmp_path / f"sink{len(made)}.log", *options))
        settings.SMTP_URL = f"smtp://{user}127.0.0.1:{made[-1].port}"
        return made[-1]

    yield make
    for each in made:
        each.end()


@pytest.fixture
def begin(edition: Any, mailing_list: Any, make_subscriber: Any) -> Callable[..., Campaign]:
    """A function: how many readers → a campaign that is being sent, nobody sent to yet."""

    def make(readers: int, policy: str = "resend") -> Campaign:
        for number in range(Subscription.objects.count(), readers):
            make_subscriber(f"r{number}@example.org", mailing_list)
        Delivery.objects.all().delete()
        Range.objects.all().delete()
        now = datetime.now(UTC)
        campaign = Campaign.objects.create(
            edition=edition, state="scheduled", starts_at=now, mail_mode="full", policy=policy, by="staff:1", created_at=now
        )
        campaign.lists.add(mailing_list)
        starting.start(campaign_id=campaign.pk, now=now)
        campaign.refresh_from_db()
        return campaign

    return make


def work(campaign: Campaign) -> None:
    """What the tasks would do now, without waiting for back-offs."""
    Delivery.objects.filter(state=State.DEFERRED).update(retry_at=None)
    Slowdown.objects.all().delete()
    Range.objects.update(not_before=None)
    while (found := ranges.without_worker(campaign.pk)) and Campaign.objects.get(pk=campaign.pk).state == "sending":
        working.work(range_id=found[0])
        Range.objects.filter(not_before__isnull=False).update(woken_at=None)
        if not Delivery.objects.filter(state=State.QUEUED).exists():
            break
    campaign.refresh_from_db()


def states(campaign: Campaign) -> list[int]:
    return list(Delivery.objects.filter(campaign=campaign).order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize("offer", ["PIPELINING,8BITMIME", "8BITMIME"])
def test_everybody_gets_one_copy(sink: Any, begin: Any, settings: Any, offer: str) -> None:
    relay, campaign = sink("--offer", offer), begin(25)
    settings.SMTP_CONNECTIONS = 4
    work(campaign)
    assert sorted(relay.taken()) == sorted(f"r{number}@example.org" for number in range(25))
    assert (campaign.state, campaign.attention) == ("finished", "")
    found = lookups.verify(campaign)
    assert (found.adds_up, found.accepted, found.open, found.repeats) == (True, 25, 0, 0)
    delivery = Delivery.objects.first()
    assert delivery is not None
    assert (delivery.code, delivery.reply, delivery.attempt) == (250, "2.0.0 Ok: queued as 4F00D1", 1)


CERTAIN = dict.fromkeys(("close", "reset", "half", "garbage"), State.DEFERRED)
NAMED = {"4xx": State.DEFERRED, "421": State.DEFERRED, "5xx": State.REJECTED}
UNKNOWN = ("lost before", "lost", "half", "garbage", "changing code")
TABLE: dict[str, dict[str, int]] = {
    "connect": {"close": State.ACCEPTED, "reset": State.ACCEPTED},
    **dict.fromkeys(("banner", "ehlo"), dict.fromkeys(("421", "4xx", "5xx", "close", "half", "garbage"), State.ACCEPTED)),
    **dict.fromkeys(("mail", "rcpt", "data"), CERTAIN | NAMED),
    "body": {"close": State.DEFERRED, "reset": State.DEFERRED},
    "dot": NAMED | dict.fromkeys(UNKNOWN, State.DEFERRED),
    "quit": {"close": State.ACCEPTED, "garbage": State.ACCEPTED},
}


def test_ordinary_mails_go_without_a_wait_of_the_task(sink: Any, begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[bool] = []
    finish = SmtpLane.finish

    async def counted(self: SmtpLane, following: Message | None) -> Reply:
        waited.append(following is not None)
        return await finish(self, following)

    monkeypatch.setattr(SmtpLane, "finish", counted)
    relay, campaign = sink(), begin(30)
    work(campaign)
    assert (campaign.state, len(relay.taken())) == ("finished", 30)
    assert waited == [False]  # the last one


@pytest.mark.parametrize("stage", TABLE)
def test_each_fault_does_what_the_table_says_and_nobody_is_lost(sink: Any, begin: Any, stage: str) -> None:
    for kind, expected in TABLE[stage].items():
        relay, campaign = sink("--stage", stage, "--kind", kind, "--count", "1"), begin(3)
        work(campaign)
        assert states(campaign)[0] == expected, (stage, kind)
        named = stage == "dot" and kind in UNKNOWN
        repeats = Delivery.objects.order_by("id").values_list("repeats", flat=True)[0]
        # In the body the dot may be on the wire before the end of the connection is noticed: then nobody can know.
        assert repeats == named or stage == "body", (stage, kind)
        work(campaign)
        assert campaign.state == "finished", (stage, kind, campaign.attention)
        refused = expected == State.REJECTED
        assert states(campaign) == [State.REJECTED if refused else State.ACCEPTED, State.ACCEPTED, State.ACCEPTED]
        copies = relay.taken().count("r0@example.org")
        assert copies == 0 if refused else copies == 1 + (named and kind != "lost before"), (stage, kind)
        assert len({(each["id"], each["digest"]) for each in relay.lines() if each["to"] == "r0@example.org"}) <= 1
        relay.end()


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_without_pipelining_each_fault_does_the_same(sink: Any, begin: Any, stage: str) -> None:
    for kind, expected in TABLE[stage].items():
        relay, campaign = sink("--stage", stage, "--kind", kind, "--count", "1", "--offer", "8BITMIME"), begin(2)
        work(campaign)
        named = stage == "dot" and kind in UNKNOWN
        assert (states(campaign)[0], Delivery.objects.earliest("id").repeats) == (expected, named), (stage, kind)
        work(campaign)
        refused = expected == State.REJECTED
        assert states(campaign) == [State.REJECTED if refused else State.ACCEPTED, State.ACCEPTED], (stage, kind)
        assert relay.taken().count("r0@example.org") == (0 if refused else 1 + (named and kind != "lost before")), (stage, kind)
        relay.end()


@pytest.mark.parametrize("offer", ["PIPELINING,8BITMIME", "8BITMIME"])
def test_a_fault_at_rset_concerns_nobody(sink: Any, begin: Any, offer: str) -> None:
    for kind in ("421", "4xx", "5xx", "close", "reset", "half", "garbage"):
        relay = sink("--refuse", "r0@", "--stage", "rset", "--kind", kind, "--count", "1", "--offer", offer)
        campaign = begin(3)
        work(campaign)
        work(campaign)
        assert states(campaign) == [State.REJECTED, State.ACCEPTED, State.ACCEPTED], kind
        assert sorted(relay.taken()) == ["r1@example.org", "r2@example.org"], kind
        relay.end()


@pytest.mark.parametrize("ehlo", [EHLO, b"250 scripted.example\r\n"], ids=["pipelined", "one at a time"])
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_relay_that_keeps_silent_drips_or_never_ends_meets_a_deadline(
    begin: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, stage: str, ehlo: bytes
) -> None:
    short = Deadlines(connect=5, command=0.2, block=0.2, dot=0.2, quit=0.1)
    monkeypatch.setattr(choosing, "lane", lambda config, _none=None: SmtpLane(config, short))
    settings.SMTP_CONNECTIONS = 1
    for act in (SILENCE, DRIP, ENDLESS):
        with scripted(Script(**{"ehlo": ehlo, stage: act})) as relay:
            settings.SMTP_URL = f"smtp://127.0.0.1:{relay.port}"
            campaign = begin(1)
            work(campaign)
            assert (states(campaign), Delivery.objects.get().repeats) == ([State.DEFERRED], stage == "dot"), act
            setattr(relay.script, stage, getattr(Script, stage))
            work(campaign)
            assert states(campaign) == [State.ACCEPTED], act
            assert len(relay.mails) == 1 + (stage == "dot"), act
            assert len(set(relay.mails)) == 1, act


@pytest.mark.parametrize("kind", UNKNOWN)
def test_under_hold_nobody_gets_it_twice_without_a_decision(sink: Any, begin: Any, kind: str) -> None:
    relay, campaign = sink("--stage", "dot", "--kind", kind, "--count", "1"), begin(3, "hold")
    work(campaign)
    work(campaign)
    assert states(campaign) == [State.UNCERTAIN, State.ACCEPTED, State.ACCEPTED]
    assert campaign.state == "finished"
    assert "uncertain" in campaign.attention
    assert relay.taken().count("r0@example.org") == (kind != "lost before")
    assert campaigns.send_uncertain_again(campaign=campaign, by="staff:1", now=datetime.now(UTC)) == 1
    work(campaign)
    assert states(campaign) == [State.ACCEPTED] * 3


def test_a_repeat_that_would_differ_is_held(sink: Any, begin: Any) -> None:
    relay, campaign = sink("--stage", "dot", "--kind", "lost", "--count", "1"), begin(1)
    work(campaign)
    campaign.edition.publication.__class__.objects.update(from_name="The Courier, renamed")
    work(campaign)
    assert states(campaign) == [State.UNCERTAIN]
    assert "would not be the same" in Delivery.objects.get().reply
    assert len(relay.taken()) == 1


def test_an_address_the_relay_refuses_concerns_that_reader_alone(sink: Any, begin: Any) -> None:
    sink("--refuse", "r1@")
    campaign = begin(4)
    work(campaign)
    assert states(campaign) == [State.ACCEPTED, State.REJECTED, State.ACCEPTED, State.ACCEPTED]
    assert [(each.code, each.reply) for each in lookups.refusals(campaign)] == [
        (550, "5.1.1 <r1@example.org>: no such user here")
    ]
    assert lookups.refusals_by_reason(campaign) == [(550, "5.1.1", 1)]
    assert campaign.state == "finished"


@pytest.mark.parametrize(("stage", "words"), [("mail", "550 5.1.8 bad sender"), ("rcpt", "554 5.7.1 relaying denied")])
def test_a_relay_that_refuses_us_pauses_the_campaign_and_no_reader_is_lost(sink: Any, begin: Any, stage: str, words: str) -> None:
    relay, campaign = sink("--stage", stage, "--kind", "5xx", "--words", words), begin(8)
    work(campaign)
    assert campaign.state == "paused"
    assert words in campaign.attention
    assert lookups.progress(campaign).open == 8
    relay.end()
    relay = sink()
    campaigns.resume(campaign=campaign, by="staff:1", now=datetime.now(UTC))
    work(campaign)
    assert len(relay.taken()) == 8


def test_a_refused_password_pauses_the_campaign_with_the_relays_own_words(sink: Any, begin: Any) -> None:
    sink(user="masthead:wrong@")
    campaign = begin(3)
    work(campaign)
    assert campaign.state == "paused"
    assert "535 5.7.8 that password is wrong" in campaign.attention
    assert states(campaign) == [State.QUEUED] * 3


def test_a_relay_out_of_reach_pauses_the_campaign_and_is_tried_again_without_a_person(
    sink: Any, begin: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = sink()
    relay.end()
    monkeypatch.setattr(relays, "PATIENCE_SECONDS", 0.5)
    campaign = begin(3)
    working.work(range_id=Range.objects.get().pk)
    campaign.refresh_from_db()
    assert campaign.state == "paused"
    assert "refused" in campaign.attention
    assert set(Delivery.objects.values_list("state", "attempt")) == {(State.QUEUED, 0)}
    first = campaign.resume_at
    sweeping.sweep(now=first - timedelta(seconds=1))
    assert lookups.progress(campaign).state == "paused"
    sweeping.sweep(now=first)
    assert lookups.progress(campaign).state == "sending"
    working.work(range_id=Range.objects.get().pk)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.rested) == ("paused", 60)
    relay = sink("--port", str(relay.port))
    sweeping.sweep(now=campaign.resume_at)
    work(campaign)
    assert len(relay.taken()) == 3
    assert (campaign.state, campaign.attention, campaign.rested) == ("finished", "", 0)


def test_a_pause_by_a_person_lasts_until_a_person_ends_it(sink: Any, begin: Any) -> None:
    sink()
    campaign = begin(3)
    campaigns.pause_for_a_while(campaign=campaign, now=datetime.now(UTC), why="no relay")
    campaigns.resume(campaign=campaign, by="staff:1", now=datetime.now(UTC))
    campaigns.pause(campaign=campaign, by="staff:1", now=datetime.now(UTC))
    sweeping.sweep(now=datetime.now(UTC) + timedelta(hours=1))
    assert lookups.progress(campaign).state == "paused"


def meanwhile(relay: Sink, dots: int, act: Callable[[], object]) -> threading.Thread:
    """Have `act` done by somebody else as soon as the sink has seen `dots` dots."""

    def watch() -> None:
        while len(relay.lines()) < dots:
            time.sleep(0.002)
        act()
        connection.close()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_who_leaves_while_it_is_being_sent_gets_no_mail(sink: Any, begin: Any, settings: Any) -> None:
    settings.SMTP_CONNECTIONS = 2
    relay, campaign = sink("--delay", "0.02"), begin(80)
    left = {f"r{number}@example.org" for number in range(10, 80, 3)}
    left_at: list[float] = []
    before: set[str] = set()

    def leave() -> None:
        Subscription.objects.filter(subscriber__address__in=left).update(state="left")
        left_at.append(time.time())
        before.update(relay.taken())

    other = meanwhile(relay, 20, leave)
    work(campaign)
    other.join()
    late = [each["to"] for each in relay.lines() if each["at"] > left_at[0] + 1]
    assert not left & set(late)
    # Two connections: their dots may have been on the way.
    assert len(left & (set(relay.taken()) - before)) <= 2
    assert not left <= before
    found = lookups.verify(campaign)
    assert (found.adds_up, found.open, found.accepted + found.skipped) == (True, 0, 80)
    assert set(Delivery.objects.filter(state=State.SKIPPED).values_list("reply", flat=True)) == {"unsubscribed"}


def test_who_is_erased_while_it_is_being_sent_stays_in_the_sum(sink: Any, begin: Any) -> None:
    relay, campaign = sink("--delay", "0.01"), begin(30)
    last = Delivery.objects.latest("id").subscriber
    assert last is not None
    other = meanwhile(relay, 5, last.delete)
    work(campaign)
    other.join()
    assert len(relay.taken()) == 29
    assert Delivery.objects.latest("id").reply == "erased"
    assert lookups.verify(campaign).adds_up


@pytest.mark.parametrize("verb", [campaigns.pause, campaigns.cancel])
def test_after_pause_and_cancel_at_most_one_dot_a_lane(sink: Any, begin: Any, settings: Any, verb: Any) -> None:
    settings.SMTP_CONNECTIONS = 3
    relay, campaign = sink("--delay", "0.02"), begin(60)
    dots: list[int] = []

    def act() -> None:
        verb(campaign=Campaign.objects.get(pk=campaign.pk), by="staff:1", now=datetime.now(UTC))
        dots.append(len(relay.lines()))

    other = meanwhile(relay, 20, act)
    work(campaign)
    other.join()
    assert len(relay.lines()) <= dots[0] + 2 * 3
    found = lookups.verify(campaign)
    assert found.adds_up
    assert found.accepted == len(relay.taken()) < 60
    assert (found.uncertain, found.repeats) == (0, 0)
    if verb is campaigns.pause:
        campaigns.resume(campaign=campaign, by="staff:1", now=datetime.now(UTC))
        work(campaign)
        assert sorted(relay.taken()) == sorted(f"r{number}@example.org" for number in range(60))
    else:
        assert found.cancelled == 60 - found.accepted
        assert found.open == 0


def test_asked_to_stop_it_sees_the_open_dots_through(sink: Any, begin: Any, settings: Any) -> None:
    settings.SMTP_CONNECTIONS = 3
    relay, campaign = sink("--delay", "0.05"), begin(40)
    other = meanwhile(relay, 9, STOP.set)
    working.work(range_id=Range.objects.get().pk)
    other.join()
    STOP.clear()
    found = lookups.verify(campaign)
    assert (found.accepted, found.uncertain, found.repeats) == (len(relay.taken()), 0, 0)
    assert 9 <= found.accepted < 40
    assert not Delivery.objects.filter(state=State.SENDING).exists()


def test_past_the_deadline_it_gives_up_with_the_relays_words(sink: Any, begin: Any) -> None:
    sink("--stage", "rcpt", "--kind", "4xx")
    campaign = begin(2)
    work(campaign)
    assert states(campaign) == [State.DEFERRED] * 2
    assert campaign.deadline_at is not None
    sweeping.sweep(now=campaign.deadline_at)
    sweeping.sweep(now=campaign.deadline_at)
    campaign.refresh_from_db()
    assert states(campaign) == [State.EXPIRED] * 2
    assert campaign.state == "finished"
    assert [each.reply for each in lookups.refusals(campaign)] == ["4.3.0 later"] * 2


def trouble_with_the_database(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> list[str]:
    """The third commit and those after it fail `times` times; a list of what a screen shows meanwhile."""
    commit, shown, count = Book.commit, [], [0]

    def failing(self: Book, *arguments: Any, **named: Any) -> Any:
        count[0] += 1
        if 3 <= count[0] < 3 + times:
            shown.append(trouble.words_for(self.campaign_id))
            cause = sqlite3.OperationalError(name)
            cause.sqlite_errorname = name
            raise OperationalError("disk I/O error") from cause
        return commit(self, *arguments, **named)

    monkeypatch.setattr(Book, "commit", failing)
    monkeypatch.setattr(calls, "connect", list)  # on PostgreSQL the thread commits, by the book
    return shown


def test_a_full_disk_is_waited_for_and_shown_meanwhile(sink: Any, begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    relay, campaign = sink(), begin(5)
    shown = trouble_with_the_database(monkeypatch, "SQLITE_IOERR_WRITE", 4)
    work(campaign)
    work(campaign)
    assert states(campaign) == [State.ACCEPTED] * 5
    assert sorted(relay.taken()) == sorted(f"r{number}@example.org" for number in range(5))
    assert shown[0] == ""
    # On SQLite the event loop fails first, and leaves it to the thread.
    assert all("disk of the database is full" in words for words in shown[2:])
    assert lookups.progress(campaign).trouble == ""


def test_a_failed_sync_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended(BaseException):
        pass

    def end(status: int) -> None:
        raise Ended(status)

    error = OperationalError("disk I/O error")
    error.__cause__ = sqlite3.OperationalError("disk I/O error")
    error.__cause__.sqlite_errorname = "SQLITE_IOERR_FSYNC"
    monkeypatch.setattr(os, "_exit", end)
    with pytest.raises(Ended):
        clerk._end_if_fatal(error)
    error.__cause__.sqlite_errorname = "SQLITE_FULL"
    clerk._end_if_fatal(error)
