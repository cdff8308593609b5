"""The limits hold, and a mail that breaks them costs only itself."""

import os
from pathlib import Path

import pytest

from masthead.bounces import sandbox
from masthead.bounces.reading.finding import Finding
from masthead.bounces.sandbox import Sandbox, Unread, read_all

GOOD = b"From: mailer-daemon@example.net\nSubject: failure notice\n\n<ann@example.net>:\n550 5.1.1 no such user\n"


def test_it_reads_as_the_reader_does() -> None:
    from masthead.bounces.reading.reading import read

    with Sandbox() as box:
        assert [box.read(GOOD), box.read(GOOD)] == [read(GOOD)] * 2


def test_many_mails_share_one_process() -> None:
    with Sandbox() as box:
        box.read(GOOD)
        first = box._process
        box.read(GOOD)
        assert box._process is first


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (b"memory", "memory"),
        (b"processor", "takes more than"),
        (b"fault", "a fault of the reader: KeyError"),
        (b"exit", "status 3"),
        (b"file", "File too large"),
    ],
)
def test_a_mail_that_breaks_a_limit_costs_only_itself(what: bytes, why: str) -> None:
    with Sandbox(module="tests.bounces.hungry") as box:
        assert isinstance(box.read(GOOD), Finding)
        lost = box.read(b"Subject: " + what + b"\n\n")
        assert isinstance(lost, Unread)
        assert why in lost.why
        assert isinstance(box.read(GOOD), Finding)
    assert (
        not Path("/tmp/masthead-sandbox-must-not-write").exists() or os.path.getsize("/tmp/masthead-sandbox-must-not-write") == 0
    )


def test_a_reader_that_says_nothing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 1)
    with Sandbox(module="tests.bounces.hungry") as box:
        assert isinstance(box.read(b"Subject: silence\n\n"), Unread)


def test_the_process_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTHEAD_SECRET_KEY", "hunter2")
    with Sandbox() as box:
        box.read(GOOD)
        assert box._process is not None
        environment = Path(f"/proc/{box._process.pid}/environ").read_bytes()
    assert b"MASTHEAD" not in environment


def test_a_large_mail_is_read_as_far_as_is_ever_looked() -> None:
    with Sandbox() as box:
        assert isinstance(box.read(GOOD + b"x" * 30_000_000), Finding)


def test_mails_are_read_one_after_the_other() -> None:
    assert [type(found) for found in read_all(iter([GOOD, b"", GOOD]))] == [Finding, Finding, Finding]


def test_a_bounce_that_names_nobody_gets_a_second_opinion() -> None:
    from masthead.bounces.reading import second_opinion

    alone = Finding("bounce")
    mail = b"From: mailer-daemon@example.net\nSubject: x\n\nThe following addresses failed:\n\n<ann@example.net>\n"
    asked = second_opinion.with_second_opinion(alone, mail)
    assert asked.address in ("", "ann@example.net")
    assert second_opinion.with_second_opinion(Finding("bounce", address="b@example.net"), mail).address == "b@example.net"
    assert second_opinion.with_second_opinion(alone, b"\xff") == alone
