"""A POP3 account is read from a real Dovecot: known again, left there or deleted, goes on where it was, bounded in memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.bounces import intake
from masthead.bounces.mailboxes import configuring, draining_pop3, polling
from masthead.bounces.mailboxes.imap import SignInRefused
from masthead.bounces.mailboxes.pop3 import PopSession
from masthead.bounces.models import Mailbox, RawReport, TakenMail
from masthead.bounces.reading.parts import MOST_BYTES
from masthead.common.stopping import STOP
from tests.bounces.test_mailboxes import mails
from tests.servers.dovecot import PASSWORD, USER, Dovecot, dovecot

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running_server() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running_server: Dovecot, settings: Any) -> Dovecot:
    """With an empty mailbox."""
    settings.IMAP_CA_FILE = str(running_server.certificate)
    for part in ("new", "cur"):
        for path in (running_server.folder / part).iterdir():
            path.unlink()
    return running_server


@pytest.fixture
def account(server: Dovecot) -> dict[str, Any]:
    """What a person fills in."""
    values = {"protocol": "pop3", "host": "localhost", "port": server.pop3_tls_port, "security": "tls"}
    return {**values, "user": USER, "password": PASSWORD}


@pytest.fixture
def make_mailbox(account: dict[str, Any], now: datetime) -> Callable[..., Mailbox]:
    """A function: a mailbox that is kept, with what is said changed."""
    return lambda **changes: configuring.keep(mailbox=configuring.draft(**{**account, **changes}), by="staff:1", now=now)


@pytest.fixture
def clock(now: datetime) -> Any:
    return lambda: now


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_mails_stay_and_are_stored_once_as_they_are(server: Dovecot, make_mailbox: Any, clock: Any, security: str) -> None:
    odd = b"Subject: odd\r\n\r\n.\r\n..two\r\n" + b"x" * 30_000 + b"\r\n"
    server.put(*mails(5, security), odd)
    mailbox = make_mailbox(security=security, port=server.pop3_tls_port if security == "tls" else server.pop3_port)
    assert polling.poll(mailbox=mailbox, clock=clock) == 6
    assert sorted(bytes(row.raw) for row in RawReport.objects.all()) == sorted([*mails(5, security), odd])
    RawReport.objects.all().delete()
    assert polling.poll(mailbox=mailbox, clock=clock) == 0
    assert len(server.names()) == 6
    server.put(*mails(1, "later"))
    assert polling.poll(mailbox=mailbox, clock=clock) == 1
    mailbox.refresh_from_db()
    assert (mailbox.taken, mailbox.waiting, mailbox.trouble, mailbox.busy_until) == (7, 0, "", None)


def test_deleted_mails_are_gone_and_forgotten(server: Dovecot, make_mailbox: Any, clock: Any) -> None:
    server.put(*mails(3, "delete"))
    mailbox = make_mailbox(after="delete")
    assert polling.poll(mailbox=mailbox, clock=clock) == 3
    assert server.names() == []
    assert polling.poll(mailbox=mailbox, clock=clock) == 0
    assert not TakenMail.objects.exists()


def test_what_was_stored_before_a_kill_is_deleted_next_time_and_stored_once(
    server: Dovecot, make_mailbox: Any, clock: Any, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    server.put(*mails(4, "kill"))
    mailbox = make_mailbox(after="delete")

    def lost(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(PopSession, "end", lost)
        polling.poll(mailbox=mailbox, clock=clock)
    assert (RawReport.objects.count(), len(server.names())) == (4, 4)
    assert polling.poll(mailbox=mailbox, clock=lambda: now + timedelta(minutes=11)) == 0
    assert (RawReport.objects.count(), len(server.names())) == (4, 0)


def test_a_batch_is_stored_with_its_marks_or_not_at_all(
    server: Dovecot, make_mailbox: Any, clock: Any, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    server.put(*mails(5, "whole"))
    mailbox = make_mailbox()
    store, kept = intake.store, []

    def full(**values: Any) -> tuple[RawReport, bool]:
        if len(kept) == 3:
            raise RuntimeError("no room")
        kept.append(values)
        return store(**values)

    with monkeypatch.context() as patch:
        patch.setattr(intake, "store", full)
        patch.setattr(draining_pop3, "_MOST_HELD", 1)  # each mail is a batch of its own
        with pytest.raises(RuntimeError):
            draining_pop3.drain(mailbox=mailbox, clock=clock, most=None, told=lambda *_: None, keep_place=lambda *_, **__: None)
    assert (RawReport.objects.count(), TakenMail.objects.count()) == (3, 3)
    kept.clear()
    server.put(*mails(5, "more"))
    with monkeypatch.context() as patch:
        patch.setattr(intake, "store", full)
        with pytest.raises(RuntimeError):
            draining_pop3.drain(mailbox=mailbox, clock=clock, most=None, told=lambda *_: None, keep_place=lambda *_, **__: None)
    assert (RawReport.objects.count(), TakenMail.objects.count()) == (3, 3)
    assert polling.poll(mailbox=mailbox, clock=lambda: now + timedelta(minutes=11)) == 7
    assert (RawReport.objects.count(), TakenMail.objects.count()) == (10, 10)


def test_a_large_account_is_read_in_batches_and_goes_on_where_it_was_stopped(
    server: Dovecot, make_mailbox: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining_pop3, "BATCH", 10)
    monkeypatch.setattr(draining_pop3, "_A_SESSION", 20)
    server.put(*mails(45, "large"))
    mailbox = make_mailbox(after="delete")
    seen: list[tuple[int, int]] = []

    def told(done: int, total: int) -> None:
        seen.append((done, total))
        if len(seen) == 3:
            STOP.set()

    try:
        assert polling.poll(mailbox=mailbox, clock=clock, told=told) == 30
    finally:
        STOP.clear()
    assert seen == [(10, 45), (20, 45), (30, 45)]
    mailbox.refresh_from_db()
    assert (mailbox.waiting, len(server.names())) == (15, 15)
    assert polling.poll(mailbox=mailbox, clock=clock, most=10) == 10
    assert polling.poll(mailbox=mailbox, clock=clock) == 5
    assert (RawReport.objects.count(), server.names()) == (45, [])


def test_of_a_mail_of_any_size_only_the_beginning_is_held(server: Dovecot, make_mailbox: Any, clock: Any) -> None:
    server.put(b"Subject: large\r\n\r\n" + (b"y" * 70 + b"\r\n") * 300_000)
    mailbox = make_mailbox()
    tracemalloc.start()
    try:
        assert polling.poll(mailbox=mailbox, clock=clock) == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    row = RawReport.objects.get()
    assert (len(row.raw), row.size) == (MOST_BYTES, 18 + 72 * 300_000)
    assert peak < 12_000_000, "the mail has 21 MB"


def test_a_hundred_thousand_mails_cost_eight_bytes_each() -> None:
    class Client:
        class sock:  # noqa: N801
            @staticmethod
            def sendall(_data: bytes) -> None:
                return

        class file:  # noqa: N801
            lines = iter([b"+OK\r\n", *(b"%d 0000%08x\r\n" % (n, n) for n in range(1, 100_001)), b".\r\n"])

            @classmethod
            def readline(cls, _most: int) -> bytes:
                return next(cls.lines)

    client: Any = Client()
    marks = PopSession(client).marks()
    assert len(set(marks)) == 100_000
    assert marks.itemsize == 8


def test_a_refused_password_is_told_and_not_tried_again(make_mailbox: Any, clock: Any, now: datetime) -> None:
    mailbox = make_mailbox(password="wrong")
    with pytest.raises(SignInRefused, match="refused the user name or the password"):
        polling.poll(mailbox=mailbox, clock=clock)
    mailbox.refresh_from_db()
    assert mailbox.refused
    assert polling.due(now=now + timedelta(days=30)) == []


def test_trying_says_step_by_step_what_works(account: dict[str, Any]) -> None:
    def steps(**changes: Any) -> list[tuple[str, bool]]:
        return [(step.name, step.ok) for step in configuring.probe(configuring.draft(**{**account, **changes}))]

    assert steps() == [("connect", True), ("sign-in", True), ("folder", True)]
    assert steps(password="wrong") == [("connect", True), ("sign-in", False)]
    assert steps(host="127.0.0.1") == [("connect", False)], "the certificate is not for this name"


@pytest.mark.parametrize("changes", [{"after": "move", "move_to": "Done"}, {"folder": "Bounces"}, {"protocol": "pop2"}])
def test_what_pop3_cannot_do_is_refused_in_words(account: dict[str, Any], changes: dict[str, Any]) -> None:
    with pytest.raises(configuring.BadMailbox, match="POP3"):
        configuring.draft(**{**account, **changes})
