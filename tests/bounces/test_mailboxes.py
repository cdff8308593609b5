"""A mailbox is read from a real Dovecot: stored first, then marked; in batches, resumable, and never hammered."""

from __future__ import annotations

import fcntl
import imaplib
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError

from masthead.audit.models import Entry
from masthead.bounces import intake, tasks
from masthead.bounces.mailboxes import configuring, polling, watching
from masthead.bounces.mailboxes.imap import MailboxError, Session, SignInRefused
from masthead.bounces.models import Mailbox, RawReport
from masthead.common.stopping import STOP
from masthead.mail.passwords import open_password
from tests.servers.dovecot import PASSWORD, USER, Dovecot, dovecot

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running_server() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running_server: Dovecot, settings: Any) -> Dovecot:
    """With an empty mailbox, but for what was moved away."""
    settings.IMAP_CA_FILE = str(running_server.certificate)
    for part in ("new", "cur"):
        for path in (running_server.folder / part).iterdir():
            path.unlink()
    return running_server


@pytest.fixture
def make_mailbox(server: Dovecot, now: datetime) -> Any:
    """A function: a mailbox that is kept, with what is said changed."""

    def make(**changes: Any) -> Mailbox:
        values = {"host": "localhost", "port": server.tls_port, "security": "tls", "user": USER, "password": PASSWORD}
        return configuring.keep(mailbox=configuring.draft(**{**values, **changes}), by="staff:1", now=now)

    return make


def mails(count: int, word: str = "report") -> list[bytes]:
    return [f"Subject: {word} {number}\r\n\r\ntext\r\n".encode() for number in range(count)]


@pytest.fixture
def clock(now: datetime) -> Any:
    return lambda: now


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_mails_are_stored_as_they_are_and_marked_once(server: Dovecot, make_mailbox: Any, clock: Any, security: str) -> None:
    server.put(*mails(5, security))
    mailbox = make_mailbox(security=security, port=server.tls_port if security == "tls" else server.port)
    assert polling.poll(mailbox=mailbox, clock=clock) == 5
    assert sorted(bytes(row.raw) for row in RawReport.objects.all()) == mails(5, security)
    assert set(RawReport.objects.values_list("via", "source")) == {("mailbox", mailbox.name)}
    assert all(name.endswith("S") for name in server.names())
    assert polling.poll(mailbox=mailbox, clock=clock) == 0
    mailbox.refresh_from_db()
    assert (mailbox.taken, mailbox.waiting, mailbox.trouble, mailbox.busy_until) == (5, 0, "", None)


def test_the_password_is_not_stored_in_clear_and_does_not_follow_to_another_server(make_mailbox: Any) -> None:
    mailbox = make_mailbox()
    assert open_password(bytes(mailbox.password_sealed)) == PASSWORD
    assert PASSWORD.encode() not in bytes(mailbox.password_sealed)
    assert PASSWORD not in repr(configuring.account_of(mailbox))
    with pytest.raises(configuring.BadMailbox, match="Type the password"):
        configuring.draft(existing=mailbox, host="127.0.0.1", port=143, security="none", user=USER)


@pytest.mark.parametrize(("after", "left", "moved"), [("move", 0, 3), ("delete", 0, 0)])
def test_stored_mails_are_moved_or_deleted(
    server: Dovecot, make_mailbox: Any, clock: Any, after: str, left: int, moved: int
) -> None:
    server.put(*mails(3, after))
    before = len(server.names("Done"))
    mailbox = make_mailbox(after=after, move_to="Done" if after == "move" else "")
    assert polling.poll(mailbox=mailbox, clock=clock) == 3
    assert (len(server.names()), len(server.names("Done")) - before) == (left, moved)


def test_a_large_mailbox_is_read_in_batches_and_goes_on_where_it_was_stopped(
    server: Dovecot, make_mailbox: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "BATCH", 10)
    server.put(*mails(35, "large"))
    mailbox = make_mailbox()
    seen: list[tuple[int, int]] = []

    def told(done: int, total: int) -> None:
        seen.append((done, total))
        if len(seen) == 2:
            STOP.set()

    assert polling.poll(mailbox=mailbox, clock=clock, told=told) == 20
    assert seen == [(10, 35), (20, 35)]
    mailbox.refresh_from_db()
    assert mailbox.waiting == 15
    STOP.clear()
    assert polling.poll(mailbox=mailbox, clock=clock, most=10) == 10
    assert polling.poll(mailbox=mailbox, clock=clock) == 5
    assert RawReport.objects.count() == 35


def test_what_was_stored_before_a_kill_is_marked_next_time_and_stored_once(
    server: Dovecot, make_mailbox: Any, clock: Any, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    server.put(*mails(4, "kill"))
    mailbox = make_mailbox(after="delete")

    def lost(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Session, "delete", lost)
        polling.poll(mailbox=mailbox, clock=clock)
    assert (RawReport.objects.count(), len(server.names())) == (4, 4)
    Mailbox.objects.update(busy_until=now + timedelta(minutes=5), busy_on="on another machine")
    with pytest.raises(polling.Busy):
        polling.poll(mailbox=mailbox, clock=clock)
    assert polling.poll(mailbox=mailbox, clock=lambda: now + timedelta(minutes=11)) == 0
    assert (RawReport.objects.count(), len(server.names())) == (4, 0)


def test_what_a_killed_process_of_this_machine_had_begun_goes_on_at_once(
    server: Dovecot, make_mailbox: Any, clock: Any, now: datetime
) -> None:
    server.put(*mails(2, "next"))
    mailbox = make_mailbox()
    polling.poll(mailbox=mailbox, clock=clock, most=0)
    Mailbox.objects.update(busy_until=now + timedelta(minutes=5))  # as a kill -9 leaves it
    with (settings.DATA / f"mailbox-{mailbox.pk}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as long as it lives
        with pytest.raises(polling.Busy):
            polling.poll(mailbox=mailbox, clock=clock)
    assert polling.poll(mailbox=mailbox, clock=clock) == 2


def test_nothing_is_marked_when_it_could_not_be_stored(
    server: Dovecot, make_mailbox: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(*mails(3, "full"))

    def full(**_values: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(intake, "store", full)
    mailbox = make_mailbox(after="delete")
    with pytest.raises(OperationalError):
        polling.poll(mailbox=mailbox, clock=clock)
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.busy_until) == (0, None)
    assert len(server.names()) == 3


def test_a_refused_password_is_told_once_and_not_tried_again(
    server: Dovecot, make_mailbox: Any, clock: Any, now: datetime
) -> None:
    mailbox = make_mailbox(password="wrong")
    with pytest.raises(SignInRefused, match="refused the user name or the password"):
        polling.poll(mailbox=mailbox, clock=clock)
    mailbox.refresh_from_db()
    assert mailbox.refused
    assert "wrong" not in mailbox.trouble
    assert polling.due(now=now + timedelta(days=30)) == []
    tasks.poll_mailboxes.func()
    assert Entry.objects.filter(action="mailbox.trouble").count() == 1
    changed = configuring.draft(
        existing=mailbox, name=mailbox.name, host="localhost", port=server.tls_port, security="tls", user=USER, password=PASSWORD
    )
    configuring.keep(mailbox=changed, by="staff:1", now=now)
    assert polling.due(now=now) == [mailbox]
    assert polling.poll(mailbox=changed, clock=clock) == 0


def test_a_server_out_of_reach_is_tried_again_later_and_later(make_mailbox: Any, clock: Any, now: datetime) -> None:
    mailbox = make_mailbox(port=1)
    waits = []
    for _time in range(3):
        with pytest.raises(MailboxError, match="The connection failed: Connection refused"):
            polling.poll(mailbox=mailbox, clock=clock)
        mailbox.refresh_from_db()
        waits.append(mailbox.due_at - now)
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert not mailbox.refused
    assert Entry.objects.filter(action="mailbox.trouble").count() == 1


def test_trying_says_step_by_step_what_works(server: Dovecot, settings: Any) -> None:
    def steps(**changes: Any) -> list[tuple[str, bool]]:
        values = {"host": "localhost", "port": server.tls_port, "security": "tls", "user": USER, "password": PASSWORD}
        return [(step.name, step.ok) for step in configuring.probe(configuring.draft(**{**values, **changes}))]

    assert steps(after="move", move_to="Done") == [("connect", True), ("sign-in", True), ("folder", True), ("move", True)]
    assert steps(after="move", move_to="Nowhere")[-1] == ("move", False)
    assert steps(folder="Nowhere")[-1] == ("folder", False)
    assert steps(password="wrong") == [("connect", True), ("sign-in", False)]
    assert steps(host="127.0.0.1") == [("connect", False)], "the certificate is not for this name"
    settings.IMAP_CA_FILE = ""
    assert steps() == [("connect", False)], "nobody known signed the certificate"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": "imap.example.org", "security": "none"}, "Without encryption"),
        ({"host": "imap.example.org:993"}, "without a port"),
        ({"port": 0}, "between 1 and 65535"),
        ({"user": ""}, "user name"),
        ({"password": "a\r\nb"}, "invisible"),
        ({"after": "move"}, "folder to move to"),
        ({"after": "burn"}, "what becomes"),
    ],
)
def test_what_cannot_work_is_refused_in_words(changes: dict[str, Any], words: str) -> None:
    values = {"host": "localhost", "port": 993, "security": "tls", "user": USER, "password": PASSWORD}
    with pytest.raises(configuring.BadMailbox, match=words):
        configuring.draft(**{**values, **changes})


def test_a_mailbox_of_a_hundred_thousand_is_asked_for_a_few_at_a_time() -> None:
    """Neither the numbers nor the mails of a large folder are ever asked for at once."""
    asked: list[int] = []

    class Client:
        def socket(self) -> Any:
            return SimpleNamespace(gettimeout=lambda: 60, settimeout=lambda _seconds: None)

        def select(self, folder: str) -> tuple[str, list[bytes]]:
            return "OK", [b"100000"]

        def response(self, name: str) -> tuple[str, list[bytes]]:
            return name, [b"7"]

        def fetch(self, places: str, what: str) -> tuple[str, list[bytes]]:
            first, last = map(int, places.split(":"))
            asked.append(last - first + 1)
            return "OK", [b"%d (UID %d RFC822.SIZE 2000000)" % (place, 3 * place) for place in range(first, last + 1)]

        def uid(self, command: str, numbers: str, what: str) -> tuple[str, list[tuple[bytes, bytes] | bytes]]:
            wanted = numbers.split(",")
            asked.append(len(wanted))
            return "OK", [part for uid in wanted for part in ((b"1 (UID %s BODY[]<0> {1}" % uid.encode(), b"x"), b")")]

    box: Any = type("Box", (), {"client": Client()})()
    session = Session(box)
    session.open("INBOX")
    entries, left = session.after(150_001, most=100)
    assert ([entry.uid for entry in entries[:2]], len(entries), left) == ([150_003, 150_006], 100, 50_000)
    assert sum(map(len, session.mails(entries))) == 100
    assert max(asked) == 100
    assert len(asked) < 60
    assert max(asked[-25:]) == 4, "four times the first megabyte of a mail"


@pytest.mark.parametrize("nothing_more", [BlockingIOError(), imaplib.IMAP4.abort("socket error: EOF")])
def test_new_mail_is_heard_of_in_one_breath_with_the_start(nothing_more: Exception) -> None:
    said: list[bytes | Exception] = [b"* 1 EXISTS", nothing_more]
    one, other = socket.socketpair()

    def line() -> bytes:
        found = said.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def poll(timeout: float) -> list[bytes]:
        raise AssertionError("the line has left the socket: waiting for it has no end")

    client = SimpleNamespace(socket=lambda: one, _get_line=line)
    idle = SimpleNamespace(start=lambda: None, poll=poll, stop=lambda: (None, []))
    box: Any = SimpleNamespace(client=client, idle=idle)
    with one, other:
        assert Session(box).wait(seconds=60, stopping=lambda: False) is True
        assert one.gettimeout() is None


# The test holds a transaction while it waits, which PostgreSQL may end; a process that waits holds none.
@pytest.mark.sqlite
def test_new_mail_is_told_at_once_by_one_connection_that_ends_when_asked(
    server: Dovecot, make_mailbox: Any, clock: Any, now: datetime
) -> None:
    mailbox = make_mailbox()
    woken: list[int] = []

    def wake(number: int) -> None:
        """First at the start, then when the mail came that is put there then."""
        woken.append(number)
        assert polling.due(now=now) == [mailbox], "it was never looked into"
        Mailbox.objects.update(polled_at=now)
        assert polling.due(now=now) == [], "somebody waits in it"
        assert watching.watch(mailbox=mailbox, clock=clock, woken=wake) is False, "by one connection alone"
        Mailbox.objects.update(polled_at=None)
        if len(woken) == 1:
            server.put(*mails(1, "told"))
        else:
            STOP.set()

    try:
        assert watching.watch(mailbox=mailbox, clock=clock, woken=wake) is True
    finally:
        STOP.clear()
    assert woken == [mailbox.pk, mailbox.pk]
    mailbox.refresh_from_db()
    assert mailbox.watched_until is None


def test_waiting_ends_when_the_mailbox_is_changed_at_the_desk(
    server: Dovecot, make_mailbox: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "A_TURN", 0.1)
    mailbox = make_mailbox()
    woken: list[int] = []

    def wake(number: int) -> None:
        woken.append(number)
        Mailbox.objects.update(in_use=False)

    assert watching.watch(mailbox=mailbox, clock=clock, woken=wake) is True
    assert woken == [mailbox.pk]


def test_a_server_without_idle_is_looked_into_once_a_minute(
    server: Dovecot, make_mailbox: Any, clock: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "can_wait", False)
    mailbox = make_mailbox()
    assert watching.watch(mailbox=mailbox, clock=clock, woken=lambda _number: pytest.fail("nobody waits")) is False
    assert polling.due(now=now) == [mailbox]


def test_a_connection_that_is_lost_is_tried_again_later_and_later(make_mailbox: Any, clock: Any) -> None:
    with pytest.raises(MailboxError, match="Connection refused"):
        watching.watch(mailbox=make_mailbox(port=1), clock=clock, woken=lambda _number: None)
    assert [watching.pause_after(failures) for failures in (1, 2, 3, 50)] == [15, 30, 60, 1800]


def test_what_is_told_of_is_stored_read_and_judged_in_one_go(server: Dovecot, make_mailbox: Any) -> None:
    server.put(*mails(2, "in one go"))
    tasks.look_into.func(make_mailbox().pk)
    assert set(RawReport.objects.values_list("state", flat=True)) == {"read"}
