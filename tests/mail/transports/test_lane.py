"""A lane against a server that fails at every stage in every way (the cells of `reliability.md` section 3)."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from masthead.mail.message import Message
from masthead.mail.transports.base import ConnectFailed, Lost, Refused, Reply, TransportConfig
from masthead.mail.transports.smtp.commands import dot_stuffed
from masthead.mail.transports.smtp.deadlines import Deadlines
from masthead.mail.transports.smtp.lane import SmtpLane
from tests.mail.scripted import CLOSE, EHLO, ENDLESS, LOST, REFUSALS, RESET, SILENCE, Act, Relay, Script, scripted

SHORT = Deadlines(connect=2, command=0.4, block=0.4, dot=0.4, quit=0.2)
BODY = b"Subject: Boats\r\nTo: anna@example.com\r\n\r\n.one\r\n..two\r\nthree\r\n"
ONE_AT_A_TIME = b"250-scripted.example\r\n250 HELP\r\n"


def mail(number: int = 1, **changes: Any) -> Message:
    made = Message(f"b+t{number}@bounce.example.org", f"reader{number}@example.com", BODY, f"<t{number}@example.org>")
    return made._replace(**changes)


def lane_to(relay: Relay) -> SmtpLane:
    return SmtpLane(TransportConfig("relay", "smtp", "127.0.0.1", relay.port, "none"), SHORT)


async def sent(lane: SmtpLane, message: Message, following: Message | None = None) -> Reply | Refused:
    """The whole way of one mail on an open lane."""
    await lane.begin(message)
    refused = await lane.ready()
    if refused is not None:
        return refused
    await lane.body()
    return await lane.finish(following)


@pytest.fixture(params=[EHLO, ONE_AT_A_TIME], ids=["pipelined", "one at a time"])
def ehlo(request: pytest.FixtureRequest) -> bytes:
    return bytes(request.param)


@pytest.mark.parametrize("fault", [name for name in LOST if not name.startswith("a success")])
@pytest.mark.parametrize("stage", ["greeting", "ehlo"])
async def test_a_fault_before_the_first_mail_is_no_connection(stage: str, fault: str) -> None:
    with scripted(Script(**{stage: LOST[fault]})) as relay:
        with pytest.raises(ConnectFailed) as failed:
            await lane_to(relay).open()
        # A reset right behind the greeting may arrive while the connection is still being made.
        assert failed.value.stage == stage or (fault, stage, failed.value.stage) == (
            "the connection is reset",
            "greeting",
            "connect",
        )
        assert "127.0.0.1" in failed.value.text


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("stage", ["greeting", "ehlo"])
async def test_a_refusal_before_the_first_mail_has_the_servers_words(stage: str, code: str) -> None:
    with scripted(Script(**{stage: REFUSALS[code]})) as relay:
        with pytest.raises(ConnectFailed) as failed:
            await lane_to(relay).open()
        assert failed.value.reply is not None
        assert str(failed.value.reply.code) == code
        assert failed.value.permanent is (code == "550")


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_a_fault_before_the_body_is_surely_not_taken(stage: str, fault: str, ehlo: bytes) -> None:
    with scripted(Script(**{"ehlo": ehlo, stage: LOST[fault]})) as relay:
        lane = lane_to(relay)
        await lane.open()
        with pytest.raises(Lost) as lost:
            await sent(lane, mail())
        assert lost.value.after_dot is False
        assert not lane.alive
        assert relay.accepted == 0


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_a_refusal_before_the_body_is_told_with_its_stage(stage: str, code: str, ehlo: bytes) -> None:
    with scripted(Script(**{"ehlo": ehlo, stage: REFUSALS[code]})) as relay:
        lane = lane_to(relay)
        await lane.open()
        refused = await sent(lane, mail())
        assert isinstance(refused, Refused)
        assert (refused.stage, str(refused.reply.code)) == (stage, code)
        assert relay.accepted == 0
        # 421 says good-bye; DATA that went on to 354 leaves no way back but to hang up (RFC 2920 §3.1).
        assert lane.alive is (code != "421" and not (ehlo == EHLO and stage in {"mail", "rcpt"}))
        await lane.close()


async def test_after_a_refusal_the_lane_goes_on_with_a_clean_slate(ehlo: bytes) -> None:
    with scripted(Script(ehlo=ehlo, rcpt=b"550 5.1.1 No\r\n", data=b"503 5.5.1 No recipients\r\n")) as relay:
        lane = lane_to(relay)
        await lane.open()
        for number in range(3):
            refused = await sent(lane, mail(number))
            assert isinstance(refused, Refused)
            assert refused.stage == "rcpt"
        relay.script.rcpt, relay.script.data = b"250 2.1.5 Ok\r\n", b"354 Go ahead\r\n"
        reply = await sent(lane, mail(4))
        assert isinstance(reply, Reply)
        assert reply.code == 250
        assert relay.connections == 1
        assert relay.commands.count(b"RSET") == 3
        await lane.close()


@pytest.mark.parametrize("fault", LOST)
async def test_a_fault_after_the_dot_is_uncertain(fault: str, ehlo: bytes) -> None:
    with scripted(Script(ehlo=ehlo, dot=LOST[fault])) as relay:
        lane = lane_to(relay)
        await lane.open()
        with pytest.raises(Lost) as lost:
            await sent(lane, mail(), following=mail(2))
        assert lost.value.after_dot is True
        assert not lane.alive


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_of_the_dot_is_an_answer(code: str, ehlo: bytes) -> None:
    with scripted(Script(ehlo=ehlo, dot=REFUSALS[code])) as relay:
        lane = lane_to(relay)
        await lane.open()
        reply = await sent(lane, mail(), following=mail(2))
        assert isinstance(reply, Reply)
        assert str(reply.code) == code
        if code == "421":
            with pytest.raises(Lost) as lost:
                await lane.ready()
            assert lost.value.after_dot is False
        else:
            assert await lane.ready() is None
        await lane.abandon()


@pytest.mark.parametrize("act", [CLOSE, RESET, b"250 2.0.0 Ok, whatever\r\n", b"452 4.3.1 Disk full\r\n"])
async def test_whatever_is_said_before_the_dot_is_never_taken_for_its_answer(act: Act, ehlo: bytes) -> None:
    with scripted(Script(ehlo=ehlo, body=act)) as relay:
        lane = lane_to(relay)
        await lane.open()
        with pytest.raises(Lost) as lost:  # whichever notices first: a reset may overtake the answers before it
            await sent_after(lane, relay)
        assert lost.value.after_dot is False
        assert relay.accepted == 0


async def sent_after(lane: SmtpLane, relay: Relay) -> None:
    """Send a mail, but wait before its dot until the relay has said what it had to say."""
    await lane.begin(mail())
    await lane.ready()
    await asyncio.to_thread(relay.acted.wait, 5)
    await lane.body()
    await asyncio.sleep(0.05)  # turns of the loop, in which its words are read
    await lane.finish(None)


async def told_of(lane: SmtpLane, *, following: Message) -> Reply | None:
    """What `finish_now` tells of the mail whose body is kept."""
    told: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
    assert lane.finish_now(following, told.set_result)
    async with asyncio.timeout(10):
        return await told


PLAIN = mail(raw=b"Subject: Boats\r\n\r\none\r\n", sound=True)


async def at_its_dot(relay: Relay) -> SmtpLane:
    """A lane on which only the dot of PLAIN is missing."""
    lane = lane_to(relay)
    await lane.open()
    await lane.begin(PLAIN)
    assert await lane.ready() is None
    await lane.body()
    return lane


async def test_a_yes_with_a_go_on_is_told_at_once_and_the_next_needs_only_its_end() -> None:
    with scripted(Script(in_one_go=True)) as relay:
        lane = await at_its_dot(relay)
        for number in range(2, 20):
            assert await told_of(lane, following=PLAIN._replace(envelope_to=f"r{number}@example.com")) == Reply(
                250, "2.0.0", "Queued as 1971"
            )
        await lane.finish(None)
        await lane.close()
        assert relay.mails == [PLAIN.raw] * 19
        assert [each.split(b">")[0] for each in relay.commands if each.startswith(b"RCPT")][-1] == b"RCPT TO:<r19@example.com"


@pytest.mark.parametrize("in_one_go", [True, False])
@pytest.mark.parametrize("fault", LOST)
async def test_what_is_no_answer_to_a_dot_that_was_finished_now_is_uncertain(fault: str, in_one_go: bool) -> None:
    with scripted(Script(dot=LOST[fault], in_one_go=in_one_go)) as relay:
        lane = await at_its_dot(relay)
        began = time.monotonic()
        assert await told_of(lane, following=PLAIN) is None
        with pytest.raises(Lost) as lost:
            await lane.late_answer()
        assert lost.value.after_dot is True
        assert not lane.alive
        # One deadline for both waits. What it never ends is read for as long as it comes.
        assert time.monotonic() - began < 2 * SHORT.dot or fault == "it never ends"


@pytest.mark.parametrize("in_one_go", [True, False])
@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_of_a_dot_that_was_finished_now_is_an_answer(code: str, in_one_go: bool) -> None:
    with scripted(Script(dot=REFUSALS[code], in_one_go=in_one_go)) as relay:
        lane = await at_its_dot(relay)
        assert await told_of(lane, following=PLAIN) is None
        assert str((await lane.late_answer()).code) == code
        assert lane.alive is (code != "421")
        await lane.abandon()


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_a_refusal_of_the_next_mail_does_not_hide_the_yes_to_this_one(stage: str) -> None:
    with scripted(Script(in_one_go=True)) as relay:
        lane = await at_its_dot(relay)
        setattr(relay.script, stage, b"450 4.2.0 Busy\r\n")
        assert await told_of(lane, following=PLAIN) is None
        assert (await lane.late_answer()).code == 250
        refused = await lane.ready()
        assert isinstance(refused, Refused)
        assert (refused.stage, refused.reply.code) == (stage, 450)
        await lane.abandon()


@pytest.mark.parametrize(
    ("ehlo_words", "changes"),
    [
        (ONE_AT_A_TIME, {}),
        (EHLO, {"sound": False}),
        (EHLO, {"raw": b"x\r\n" * 30_000}),
        (EHLO.replace(b"SMTPUTF8", b"HELP"), {"needs_smtputf8": True}),
    ],
    ids=["one at a time", "not vouched for", "large", "cannot be carried"],
)
async def test_what_is_not_ordinary_is_not_finished_now(ehlo_words: bytes, changes: dict[str, Any]) -> None:
    with scripted(Script(ehlo=ehlo_words)) as relay:
        lane = await at_its_dot(relay)
        assert lane.finish_now(PLAIN._replace(**changes), pytest.fail) is False
        assert (await lane.finish(None)).code == 250
        await lane.close()
        assert relay.mails == [PLAIN.raw]


@pytest.mark.parametrize("act", [CLOSE, b"250 2.0.0 Ok, whatever\r\n", b"452 4.3.1 Disk full\r\n"])
async def test_no_dot_is_finished_now_behind_what_nobody_asked_for(act: Act) -> None:
    with scripted(Script(body=act)) as relay:
        lane = await at_its_dot(relay)
        await asyncio.to_thread(relay.acted.wait, 5)
        await asyncio.sleep(0.05)  # turns of the loop, in which its words are read
        assert lane.finish_now(PLAIN, pytest.fail) is False
        await lane.abandon()
        assert relay.accepted == 0


async def test_a_relay_that_reads_nothing_meets_the_deadline_of_the_block() -> None:
    with scripted(Script(ehlo=ONE_AT_A_TIME, body=SILENCE)) as relay:
        lane = lane_to(relay)
        await lane.open()
        await lane.begin(mail(raw=(b"z" * 70 + b"\r\n") * 200_000))
        assert await lane.ready() is None
        with pytest.raises(Lost) as lost:
            await lane.body()
        assert lost.value.after_dot is False


async def test_deadlines_are_absolute_and_memory_is_bounded() -> None:
    with scripted(Script(mail=ENDLESS)) as relay:
        lane = lane_to(relay)
        await lane.open()
        tracemalloc.start()
        began = time.monotonic()
        with pytest.raises(Lost):
            await sent(lane, mail())
        assert time.monotonic() - began < 30  # the reply has no end
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
        tracemalloc.stop()


async def test_many_mails_go_over_one_connection_in_order(ehlo: bytes) -> None:
    with scripted(Script(ehlo=ehlo)) as relay:
        lane = lane_to(relay)
        await lane.open()
        await lane.begin(mail(0))
        for number in range(20):
            assert await lane.ready() is None
            await lane.body()
            reply = await lane.finish(mail(number + 1) if number < 19 else None)
            assert (reply.code, reply.enhanced, reply.text) == (250, "2.0.0", "Queued as 1971")
        await lane.close()
        assert (relay.connections, relay.accepted) == (1, 20)
        assert relay.mails == [dot_stuffed(BODY)] * 20
        assert relay.commands[-1] == b"QUIT"


async def test_the_offers_are_used() -> None:
    with scripted(Script()) as relay:
        lane = lane_to(relay)
        await lane.open()
        await sent(lane, mail(envelope_to="a+b=c@example.com"))
        await sent(lane, mail(envelope_to="jörg@example.com", needs_smtputf8=True))
        await lane.close()
        assert relay.commands[1:3] == [
            b"MAIL FROM:<b+t1@bounce.example.org> SIZE=%d RET=HDRS ENVID=t1" % len(BODY),
            b"RCPT TO:<a+b=c@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@example.com",
        ]
        assert relay.commands[4].endswith(b" SMTPUTF8")
        assert relay.commands[5] == "RCPT TO:<jörg@example.com> NOTIFY=FAILURE,DELAY".encode()


async def test_what_is_not_offered_is_not_used() -> None:
    with scripted(Script(ehlo=b"502 5.5.1 What?\r\n")) as relay:
        lane = lane_to(relay)
        await lane.open()
        reply = await sent(lane, mail())
        assert isinstance(reply, Reply)
        assert relay.commands[1:4] == [
            b"HELO [127.0.0.1]",
            b"MAIL FROM:<b+t1@bounce.example.org>",
            b"RCPT TO:<reader1@example.com>",
        ]
        await lane.close()


UNSENDABLE: dict[str, dict[str, Any]] = {
    "a bare line feed": {"raw": b"a\nb\r\n"},
    "a bare carriage return": {"raw": b"a\rb\r\n"},
    "a hidden end": {"raw": b"a\r\n.\nMAIL FROM:<x@example.org>\r\n"},
    "a NUL": {"raw": b"a\0b\r\n"},
    "a line too long": {"raw": b"a" * 999 + b"\r\n"},
    "eight bits": {"raw": b"a\xff\r\n"},
    "no end": {"raw": b"a"},
    "too large": {"raw": b"a\r\n" * 400_000},
    "an envelope with a break": {"envelope_to": "a@example.com>\r\nRCPT TO:<b@example.com"},
    "an envelope with a blank": {"envelope_from": "a b@example.com"},
    "no recipient": {"envelope_to": ""},
    "another script unannounced": {"envelope_to": "jörg@example.com"},
}


@pytest.mark.parametrize("what", UNSENDABLE)
async def test_unfit_bytes_never_reach_the_wire_and_do_not_harm_the_lane(what: str) -> None:
    with scripted(Script()) as relay:
        lane = lane_to(relay)
        await lane.open()
        refused = await sent(lane, mail(**UNSENDABLE[what]))
        assert isinstance(refused, Refused)
        assert refused.stage == "unsendable"
        assert refused.reply.permanent
        assert refused.reply.text
        assert len(relay.commands) == 1
        reply = await sent(lane, mail(), following=mail(**UNSENDABLE[what]))
        assert isinstance(reply, Reply)
        again = await lane.ready()
        assert again is not None
        assert again.stage == "unsendable"
        assert isinstance(await sent(lane, mail()), Reply)
        assert relay.accepted == 2
        await lane.close()


async def test_a_mail_for_smtputf8_is_not_given_to_a_relay_without_it() -> None:
    with scripted(Script(ehlo=ONE_AT_A_TIME)) as relay:
        lane = lane_to(relay)
        await lane.open()
        refused = await sent(lane, mail(envelope_to="jörg@example.com", needs_smtputf8=True))
        assert isinstance(refused, Refused)
        assert "SMTPUTF8" in refused.reply.text
        await lane.close()


@pytest.mark.parametrize("fault", [*LOST, *REFUSALS])
async def test_closing_raises_nothing_and_ends_whatever_is_said_to_it(fault: str) -> None:
    with scripted(Script(quit=(LOST | REFUSALS)[fault])) as relay:
        lane = lane_to(relay)
        await lane.open()
        assert isinstance(await sent(lane, mail()), Reply)
        await lane.close()
        assert not lane.alive
        assert relay.commands[-1] == b"QUIT"


async def test_a_port_that_nobody_listens_on_is_told_in_words() -> None:
    with scripted(Script()) as relay:
        lane = lane_to(relay)
    with pytest.raises(ConnectFailed, match="the connection was refused") as failed:
        await lane.open()
    assert (failed.value.stage, failed.value.permanent) == ("connect", False)


async def refused_once(lane: SmtpLane, relay: Relay) -> None:
    """One reader was refused, so that RSET goes before the next mail."""
    relay.script.rcpt, relay.script.data = b"550 5.1.1 No\r\n", b"503 5.5.1 No recipients\r\n"
    assert isinstance(await sent(lane, mail(1)), Refused)
    relay.script.rcpt, relay.script.data = Script.rcpt, Script.data


@pytest.mark.parametrize("fault", [name for name in LOST if not name.startswith("a success")])
async def test_a_fault_at_rset_is_surely_not_taken(fault: str, ehlo: bytes) -> None:
    with scripted(Script(ehlo=ehlo, rset=LOST[fault])) as relay:
        lane = lane_to(relay)
        await lane.open()
        await refused_once(lane, relay)
        with pytest.raises(Lost) as lost:
            await sent(lane, mail(2))
        assert lost.value.after_dot is False
        assert not lane.alive
        assert relay.accepted == 0


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_of_rset_is_no_refusal_of_the_next_mail(code: str, ehlo: bytes) -> None:
    with scripted(Script(ehlo=ehlo, rset=REFUSALS[code])) as relay:
        lane = lane_to(relay)
        await lane.open()
        await refused_once(lane, relay)
        if code == "421":
            with pytest.raises(Lost) as lost:
                await sent(lane, mail(2))
            assert (lost.value.after_dot, relay.accepted) == (False, 0)
        else:
            assert isinstance(await sent(lane, mail(2)), Reply)
            assert relay.accepted == 1
        await lane.abandon()


async def test_a_lane_can_be_opened_again() -> None:
    with scripted(Script()) as relay:
        lane = lane_to(relay)
        for _ in range(2):
            await lane.open()
            assert isinstance(await sent(lane, mail()), Reply)
            await lane.abandon()
        assert relay.connections == 2


async def test_abandoning_hands_nothing_over() -> None:
    with scripted(Script()) as relay:
        lane = lane_to(relay)
        await lane.open()
        await lane.begin(mail())
        await lane.ready()
        await lane.body()
        await lane.abandon()
        assert not lane.alive
        with pytest.raises(Lost):
            await lane.begin(mail())
    assert relay.accepted == 0


@pytest.fixture
def sink() -> Iterator[int]:
    """Postfix's smtp-sink on a free port."""
    program = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([program, "-u", "nobody", "-R", "/tmp", f"127.0.0.1:{port}", "50"], stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(10)


@pytest.mark.postfix
async def test_smtp_sink_takes_a_thousand_mails(sink: int) -> None:
    lane = SmtpLane(TransportConfig("sink", "smtp", "127.0.0.1", sink, "none"))
    await lane.open()
    assert lane.offers.pipelining
    await lane.begin(mail(0))
    for number in range(1000):
        assert await lane.ready() is None
        await lane.body()
        reply = await lane.finish(mail(number + 1) if number < 999 else None)
        assert reply.positive
    await lane.close()
