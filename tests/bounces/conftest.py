"""Mails that came back about the mails of a campaign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from masthead.bounces import acting, findings, intake
from masthead.bounces.models import Finding, RawReport
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.models import Edition, Issue
from masthead.mail import sealing
from tests.ledger import give_back

BOUNCE = """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

<{address}>: {words}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}

--b
Content-Type: message/rfc822

Message-ID: <{message_id}>
To: {address}
Subject: No. 1971

{salt}
--b--
"""


@pytest.fixture(autouse=True)
def locks_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests in several processes have mailboxes with the same key: their locks must not lie in one folder."""
    monkeypatch.setattr(settings, "DATA", tmp_path)


@pytest.fixture
def make_campaign(publication: Any, mailing_list: Any, now: datetime) -> Callable[..., Campaign]:
    """A function: number → a campaign of that number that is being sent."""

    def make(number: int = 1971, state: str = Campaign.State.SENDING) -> Campaign:
        issue = Issue.objects.create(publication=publication, number=number, title=f"No. {number}")
        values = dict.fromkeys(("mail_html_full", "mail_html_excerpt", "text_full", "text_excerpt"), "")
        edition = Edition.objects.create(
            publication=publication, issue=issue, version=1, number=number, label=str(number), language="en", direction="ltr",
            slug=str(number), date=now.date(), title="t", subject="t", visibility="public", mail_mode="full", slots={},
            renderer_version=1, digest="0" * 64, created_at=now, by="system", **values,
        )  # fmt: skip
        made = Campaign.objects.create(
            edition=edition,
            state=state,
            starts_at=now,
            started_at=now,
            mail_mode="full",
            by="staff:1",
            created_at=now,
            audience=0,
        )
        made.lists.add(mailing_list)
        return made

    return make


@pytest.fixture
def campaign(make_campaign: Callable[..., Campaign]) -> Campaign:
    return make_campaign()


@pytest.fixture
def deliver() -> Callable[..., Delivery]:
    """A function: campaign, reader → the ledger's row, accepted unless said otherwise."""

    def make(campaign: Campaign, reader: Any, **values: Any) -> Delivery:
        row = Delivery.objects.create(
            campaign=campaign, subscriber=reader, **{"state": Delivery.State.ACCEPTED, "at": 1, **values}
        )
        first = campaign.first_delivery or row.pk
        Campaign.objects.filter(pk=campaign.pk).update(
            first_delivery=first, last_delivery=row.pk, audience=campaign.deliveries.count()
        )
        give_back(campaign)
        campaign.refresh_from_db()
        return row

    return make


@pytest.fixture
def come_back(now: datetime) -> Callable[..., Finding]:
    """A function: a bounce for a delivery comes in and is read and judged; `token` and `message_id` may be left out."""

    def bounce(
        delivery: Delivery | None,
        *,
        words: str = "550 5.1.1 no such user",
        status: str = "5.1.1",
        address: str = "",
        token: bool = True,
        message_id: bool = True,
        at: datetime = now,
        judge: bool = True,
        salt: str = "",
    ) -> Finding:
        number = delivery.pk if delivery is not None else 0
        to = f"b+{sealing.seal(sealing.BOUNCE, number)}@bounce.example.org" if token else "courier@example.org"
        own = sealing.seal(sealing.MESSAGE_ID, number) if message_id else "somebody-elses"
        if not address and delivery is not None and delivery.subscriber is not None:
            address = delivery.subscriber.address
        mail = BOUNCE.format(to=to, address=address, words=words, status=status, message_id=f"{own}@example.org", salt=salt)
        return take(mail.encode(), at=at, judge=judge)

    return bounce


def take(mail: bytes, *, at: datetime, judge: bool = True) -> Finding:
    """`mail` comes in."""
    report, _created = intake.store(raw=mail, via=RawReport.Via.MAILBOX, now=at)
    findings.read_waiting()
    if judge:
        acting.judge_pending(now=at)
    return Finding.objects.get(report=report)
