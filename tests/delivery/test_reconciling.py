"""Settling uncertain readers: what a log proves, what it does not, and what changes."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from masthead.audit.models import Entry
from masthead.delivery import lookups, postfix_logs, reconciling, starting, sweeping
from masthead.delivery.models import Campaign, Delivery, Range
from masthead.mail import sealing

State = Delivery.State
HOST = "Nov 25 13:15:04 relay"
CLEANUP = HOST + " postfix/cleanup[71]: {queue}: message-id=<{token}@example.org>"
QUEUED = HOST + " postfix/qmgr[70]: {queue}: from=<b+x@example.org>, size=4711, nrcpt=1 (queue active)"
SENT = HOST + " postfix/smtp[72]: {queue}: to=<r@example.org>, relay=mx, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)"
BOUNCED = (
    "2026-11-25T13:15:04.123456+00:00 relay postfix-out/relay/smtp[72]: {queue}: to=<r@example.org>, dsn=5.1.1,"
    " status=bounced (host mx said: 550 5.1.1 no such user)"
)
REMOVED = HOST + " postfix/qmgr[70]: {queue}: removed"


def log(path: Path, *lines: str, queue: str = "4F1D2A", token: str = "abc") -> Path:
    path.write_text("".join(line.format(queue=queue, token=token) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((CLEANUP,), None),
        ((CLEANUP, HOST + " postfix/smtpd[9]: lost connection after DATA (12 bytes) from localhost"), None),
        ((CLEANUP, HOST + " postfix/cleanup[71]: {queue}: milter-reject: END-OF-MESSAGE from localhost"), None),
        ((CLEANUP, QUEUED), "Postfix 4F1D2A: in its queue"),
        ((CLEANUP, QUEUED, SENT, REMOVED), "Postfix 4F1D2A: sent 250 2.0.0 Ok: queued"),
        ((CLEANUP, QUEUED, BOUNCED, REMOVED), "Postfix 4F1D2A: bounced host mx said: 550 5.1.1 no such user"),
        ((QUEUED, SENT, REMOVED, CLEANUP), None),
        ((CLEANUP, CLEANUP.replace("{token}", "other"), QUEUED), None),
    ],
)
def test_only_a_mail_in_the_queue_is_proved(tmp_path: Path, lines: tuple[str, ...], why: str | None) -> None:
    found = postfix_logs.proofs([log(tmp_path / "mail.log", *lines)], {"abc"})
    assert found == ({"abc": why} if why else {})


def test_rotated_logs_are_read_the_oldest_first(tmp_path: Path) -> None:
    newest = log(tmp_path / "mail.log", SENT)
    middle = log(tmp_path / "mail.log.1", QUEUED)
    oldest = tmp_path / "mail.log.2.gz"
    oldest.write_bytes(gzip.compress((CLEANUP.format(queue="4F1D2A", token="abc") + "\n").encode()))
    log(tmp_path / "mail.log.bak", CLEANUP)
    for age, path in enumerate((newest, middle, oldest)):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    assert postfix_logs.with_rotated(newest) == [oldest, middle, newest]
    assert postfix_logs.proofs([oldest, middle, newest], {"abc"}) == {"abc": "Postfix 4F1D2A: sent 250 2.0.0 Ok: queued"}


def test_a_log_of_anything_is_survived_and_a_broken_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(b"\xff\xfe\x00" * 50_000 + b"\n" + os.urandom(2000) + b"\n" + CLEANUP.encode() + b"\n")
    assert postfix_logs.proofs([path], {"abc"}) == {}
    broken = tmp_path / "mail.log.1.gz"
    broken.write_bytes(gzip.compress(b"x" * 1000)[:-10])
    with pytest.raises(postfix_logs.UnreadableLog, match=r"mail\.log\.1\.gz"):
        postfix_logs.proofs([broken], {"abc"})


@pytest.fixture
def held(campaign: Campaign, mailing_list: Any, make_subscriber: Callable[..., Any], now: datetime) -> Campaign:
    """Finished, three readers, two of them uncertain."""
    for number in range(3):
        make_subscriber(f"r{number}@example.org", mailing_list)
    starting.start(campaign_id=campaign.pk, now=now)
    Delivery.objects.update(state=State.UNCERTAIN)
    Delivery.objects.filter(subscriber__address="r0@example.org").update(state=State.ACCEPTED)
    Range.objects.update(done=True)
    campaign.refresh_from_db()
    sweeping.finish(campaign=campaign, now=now)
    campaign.refresh_from_db()
    assert "2 readers are uncertain" in campaign.attention
    return campaign


@pytest.mark.django_db
def test_what_is_proved_is_settled_and_the_rest_stays(held: Campaign, now: datetime) -> None:
    sought = reconciling.sought(held)
    first, second = sorted(sought.values())
    assert sought == {sealing.seal(sealing.MESSAGE_ID, pk): pk for pk in (first, second)}
    accepted = Delivery.objects.get(subscriber__address="r0@example.org")
    proofs = {first: "Postfix 4F1D2A: sent", accepted.pk: "Postfix 5A: sent", 10**6: "of another campaign"}
    entries = Entry.objects.count()

    tried = reconciling.settle(campaign=held, proofs=proofs, by="staff:1", now=now, dry_run=True)
    assert [(each.delivery_id, each.address, each.why) for each in tried] == [(first, "r1@example.org", "Postfix 4F1D2A: sent")]
    assert (lookups.verify(held).uncertain, Entry.objects.count()) == (2, entries)

    assert reconciling.settle(campaign=held, proofs=proofs, by="staff:1", now=now) == tried
    found = lookups.verify(held)
    assert (found.accepted, found.uncertain, found.adds_up) == (2, 1, True)
    assert Delivery.objects.get(pk=first).reply == "reconciled: Postfix 4F1D2A: sent"
    assert "1 readers are uncertain" in held.attention
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.by, entry.details) == ("campaign.reconciled", "staff:1", {"readers": 1})

    assert reconciling.settle(campaign=held, proofs=proofs, by="staff:1", now=now) == []
    assert Entry.objects.count() == entries + 1
    reconciling.settle(campaign=held, proofs={second: "Postfix 6B: sent"}, by="staff:1", now=now)
    assert (lookups.verify(held).uncertain, held.attention) == (0, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "repeats", "settled"),
    [
        (State.QUEUED, 1, True),
        (State.DEFERRED, 2, True),
        (State.EXPIRED, 1, True),
        (State.CANCELLED, 1, True),
        (State.SKIPPED, 1, True),
        (State.QUEUED, 0, False),
        (State.DEFERRED, 0, False),
        (State.CANCELLED, 0, False),
        (State.SENDING, 1, False),
        (State.REJECTED, 1, False),
    ],
)
def test_who_waits_to_be_sent_to_again_is_settled_before_that(
    campaign: Campaign, reader: Any, now: datetime, state: int, repeats: int, settled: bool
) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    Delivery.objects.update(state=state, repeats=repeats, retry_at=2**31)
    Range.objects.update(not_before=2**31)
    campaign.refresh_from_db()
    pk = Delivery.objects.get().pk
    assert list(reconciling.sought(campaign).values()) == ([pk] if settled else [])
    found = reconciling.settle(campaign=campaign, proofs={pk: "Postfix 4F1D2A: sent"}, by="staff:1", now=now)
    assert [each.delivery_id for each in found] == ([pk] if settled else [])
    assert Delivery.objects.get().state == (State.ACCEPTED if settled else state)
    if settled:
        sweeping.sweep(now=now)
        campaign.refresh_from_db()
        assert campaign.state == Campaign.State.FINISHED, "nobody waits any more"
