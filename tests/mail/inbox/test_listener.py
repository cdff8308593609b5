"""The built-in inbox takes mail over SMTP, stores it before it answers, and keeps to its bounds."""

from __future__ import annotations

import asyncio
import smtplib
import socket
from pathlib import Path

import pytest
from django.db import DatabaseError
from pytest_django import Settings

from masthead.mail.inbox import keeping, listener
from masthead.mail.message import Message
from masthead.mail.models import InboxMessage
from masthead.mail.transports import choosing
from masthead.mail.transports.base import Reply

BODY = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <m1@example.org>\r\n\r\n.dot\r\nend\r\n"


def mail(to: str = "anna@example.com", raw: bytes = BODY) -> Message:
    return Message("b+x@example.org", to, raw, "<m1@example.org>", not to.isascii())


async def send(mails: list[Message]) -> list[Reply]:
    lane = choosing.lane(choosing.inbox_config())
    await lane.open()
    answers = []
    await lane.begin(mails[0])
    for number in range(len(mails)):
        assert await lane.ready() is None
        await lane.body()
        answers.append(await lane.finish(mails[number + 1] if number + 1 < len(mails) else None))
    await lane.close()
    return answers


def test_a_mail_is_kept_byte_for_byte(inbox: listener.Listener) -> None:
    (answer,) = asyncio.run(send([mail()]))
    assert answer.code == 250
    kept = InboxMessage.objects.get()
    assert bytes(kept.raw) == BODY
    assert (kept.subject, kept.message_id, kept.size) == ("Grüße", "<m1@example.org>", len(BODY))
    assert (kept.envelope_from, kept.envelope_to) == ("b+x@example.org", "anna@example.com")


def test_many_connections_share_commits(inbox: listener.Listener) -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*(send([mail(f"r{lane}-{number}@example.com") for number in range(10)]) for lane in range(20)))

    asyncio.run(all_at_once())
    assert InboxMessage.objects.values("envelope_to").distinct().count() == 200


def test_an_address_in_another_script_is_taken(inbox: listener.Listener) -> None:
    asyncio.run(send([mail("jörg@example.com")]))
    assert InboxMessage.objects.get().envelope_to == "jörg@example.com"


def test_nothing_is_acknowledged_that_is_not_stored(inbox: listener.Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(rows: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(keeping.InboxMessage.objects, "bulk_create", full)
    (answer,) = asyncio.run(send([mail()]))
    assert (answer.code, answer.temporary) == (451, True)
    assert not InboxMessage.objects.exists()


def test_other_mail_programs_may_use_it(inbox: listener.Listener) -> None:
    with smtplib.SMTP("127.0.0.1", inbox.port) as client:
        client.sendmail("a@example.org", ["b@example.org", "c@example.org"], "Subject: Hello\r\n\r\nHello\r\n")
    assert set(InboxMessage.objects.values_list("envelope_to", flat=True)) == {"b@example.org", "c@example.org"}


def test_a_mail_too_large_is_refused(inbox: listener.Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtplib.SMTP("127.0.0.1", inbox.port) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(listener.MOST_BYTES)
        assert client.docmd("MAIL", f"FROM:<a@example.org> SIZE={listener.MOST_BYTES + 1}")[0] == 552


def test_its_port_is_written_down_and_forgotten_at_the_end(transactional_db: None, settings: Settings, tmp_path: Path) -> None:
    settings.DATA, settings.INBOX_PORT = tmp_path, 0
    running = listener.start()
    assert choosing.inbox_config().port == running.port
    running.stop()
    assert choosing.inbox_config().port == 0
    with socket.socket() as trying:
        assert trying.connect_ex(("127.0.0.1", running.port)) != 0


def test_a_port_that_is_taken_is_told_in_words(inbox: listener.Listener, settings: Settings) -> None:
    settings.INBOX_PORT = inbox.port
    with pytest.raises(listener.InboxPortTakenError, match="MASTHEAD_INBOX_PORT"):
        listener.start()
