"""The loop test: a real mail by a relay into a real mailbox, and what its receiver wrote on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.bounces.mailboxes import configuring
from masthead.bounces.models import Mailbox
from masthead.ops.doctor import loop
from masthead.ops.doctor.rows import Row
from tests.servers.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.servers.sinks import Sink, smtp_sink

pytestmark = pytest.mark.django_db
RESULTS = """Authentication-Results: mx.receiver.example;
 dkim=fail (bad key) header.d=relay.example; dkim=pass header.d=example.org header.s=news;
 spf=pass (sender IP is 203.0.113.7) smtp.mailfrom=example.org;
 dmarc=pass (p=NONE) header.from=example.org
Authentication-Results: mx.evil.example; spf=fail; dkim=fail; dmarc=fail
DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=news; h=From:From:To:Subject:
 List-Unsubscribe:List-Unsubscribe-Post; bh=x; b=y
"""


def results(rows: list[Row]) -> dict[str, str]:
    return {row.check: row.result for row in rows}


def fields(raw: bytes) -> dict[str, list[str]]:
    """The list headers of a mail that left."""
    return loop._list_fields(message_from_bytes(raw))


@pytest.fixture
def sent(publication: Any) -> bytes:
    return loop.letter(publication, "seed@receiver.example", datetime(2026, 3, 4, tzinfo=UTC)).raw


def test_only_the_receivers_own_verdict_counts_and_one_signature_that_holds_is_enough(sent: bytes) -> None:
    found = loop.verdicts(sent=fields(sent), arrived=RESULTS.encode() + sent)
    assert set(results(found).values()) == {"pass"}
    assert found[0].subject == "mx.receiver.example"


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        (b"spf=pass", b"spf=softfail", "spf"),
        (b"dmarc=pass", b"dmarc=fail", "dmarc"),
        (b"dkim=pass", b"dkim=none", "dkim"),
        (b"List-Unsubscribe:List-Unsubscribe-Post;", b"List-Unsubscribe;", "signed-headers"),
        (b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", b"", "list-headers"),
    ],
)
def test_what_is_wrong_is_named(sent: bytes, old: bytes, new: bytes, check: str) -> None:
    arrived = RESULTS.encode() + sent
    assert old in arrived
    found = results(loop.verdicts(sent=fields(sent), arrived=arrived.replace(old, new)))
    assert {name for name, result in found.items() if result == "fail"} == {check}


def test_a_receiver_that_writes_nothing_is_not_called_good(sent: bytes) -> None:
    found = results(loop.verdicts(sent=fields(sent), arrived=sent))
    assert {found[name] for name in ("spf", "dkim", "dmarc")} == {"unchecked"}


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Sink]:
    with smtp_sink(tmp_path) as running:
        yield running


def test_it_leaves_by_the_relay_and_is_found_in_the_mailbox(
    publication: Any, server: Dovecot, relay: Sink, settings: Any
) -> None:
    settings.SMTP_URL = relay.url
    drafted = configuring.draft(host="127.0.0.1", port=server.port, security="none", user=USER, password=PASSWORD)
    mailbox = configuring.keep(mailbox=drafted, by="staff:1", now=datetime.now(UTC))

    def carry() -> None:
        """What the receiver does between two looks."""
        for path in relay.folder.iterdir():
            server.put(RESULTS.encode() + path.read_bytes())

    def clock() -> datetime:
        return datetime.now(UTC)

    rows = loop.run(publication=publication, mailbox=mailbox, address="seed@receiver.example", clock=clock, pause=carry)
    assert set(results(rows).values()) == {"pass"}, rows
    assert results(rows)["arrived"] == "pass"


def test_what_does_not_leave_or_arrive_is_told(publication: Any, relay: Sink, settings: Any) -> None:
    settings.SMTP_URL = ""
    mailbox = Mailbox(name="seed", host="127.0.0.1", port=1, security="none", user="x", password_sealed=b"")
    mailbox.save()
    given = {"publication": publication, "mailbox": mailbox, "address": "seed@receiver.example", "pause": lambda: None}
    times = iter(datetime(2026, 3, 4, tzinfo=UTC) + timedelta(seconds=20 * each) for each in range(1000))
    assert results(loop.run(**given, clock=lambda: next(times))) == {"sent": "unchecked"}
    settings.SMTP_URL = relay.url
    (row,) = loop.run(**given, clock=lambda: next(times))
    assert (row.check, row.result) == ("arrived", "fail")
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    (row,) = loop.run(**given, clock=lambda: next(times))
    assert (row.check, row.result) == ("sent", "fail")


def test_the_desk_sends_the_mail_and_asks_until_it_has_come(
    publication: Any, server: Dovecot, relay: Sink, settings: Any, client: Client, owner: Any
) -> None:
    settings.SMTP_URL = relay.url
    client.force_login(owner)
    assert "No mailbox is read yet" in client.get(reverse("desk_doctor")).content.decode()
    drafted = configuring.draft(host="127.0.0.1", port=server.port, security="none", user=USER, password=PASSWORD)
    mailbox = configuring.keep(mailbox=drafted, by="staff:1", now=datetime.now(UTC))
    assert "Send one mail" in client.get(reverse("desk_doctor")).content.decode()
    asked = {"publication": publication.pk, "mailbox": mailbox.pk}
    assert "Say where mail for this mailbox goes" in client.post(reverse("desk_loop_test"), asked).content.decode()
    page = client.post(reverse("desk_loop_test"), {**asked, "address": "seed@receiver.example"})
    begun = page.context["begun"]
    assert begun
    waiting = client.post(reverse("desk_loop_look"), {"begun": begun}, headers={"HX-Request": "true"})
    assert waiting.context["begun"]
    assert "<html" not in waiting.content.decode()
    for path in relay.folder.iterdir():
        server.put(RESULTS.encode() + path.read_bytes())
    page = client.post(reverse("desk_loop_look"), {"begun": waiting.context["begun"]})
    assert "mx.receiver.example says: dmarc=pass" in page.content.decode()
    assert client.post(reverse("desk_loop_look"), {"begun": begun[:-1]}).status_code == 302, "only what we began"
