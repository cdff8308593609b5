"""A mail to the address by which a mail can be left ends the subscription, and nothing else does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from masthead.audience.models import ConsentEvent, MailingList, Subscription
from masthead.bounces import acting, findings, intake
from masthead.bounces.models import Finding
from masthead.delivery.models import Campaign
from masthead.mail import sealing
from masthead.mail.models import SingleMail

MAIL = "{headers}From: Rosa Marin <rosa@example.org>\nTo: {to}\nSubject: unsubscribe\nMessage-ID: <1@example.org>\n\n{text}\n"


def ask(delivery: Any, now: datetime, *, purpose: str = sealing.UNSUBSCRIBE, **changes: Any) -> Finding:
    number = getattr(delivery, "pk", delivery)
    values = {"headers": "", "to": f"<unsub+{sealing.seal(purpose, number)}@bounce.example.org>", "text": ""} | changes
    envelope = {name: values.pop(name) for name in ("envelope_from", "envelope_to") if name in values}
    report, _new = intake.store(raw=MAIL.format(**values).encode(), via=intake.Via.LISTENER, now=now, **envelope)
    findings.read_waiting()
    acting.judge_pending(now=now)
    return Finding.objects.get(report=report)


def test_the_reader_leaves_the_lists_the_mail_went_to_and_no_other(
    campaign: Campaign, reader: Any, deliver: Any, now: datetime
) -> None:
    other = MailingList.objects.create(name="Tides", slug="tides")
    Subscription.objects.create(subscriber=reader, list=other, state="active", since=now)
    found = ask(deliver(campaign, reader), now)
    assert (found.outcome, found.rule, found.subscriber) == ("left", "asks to leave", reader)
    assert dict(reader.subscriptions.values_list("list__slug", "state")) == {"courier": "left", "tides": "active"}
    event = ConsentEvent.objects.filter(subscriber=reader).latest("id")
    assert (event.kind, event.how) == ("withdrawn", "unsubscribe mail")
    assert not SingleMail.objects.exists(), "nothing answers a mail that came in"


def test_it_may_come_from_another_address_and_by_the_envelope_alone(
    campaign: Campaign, reader: Any, deliver: Any, now: datetime
) -> None:
    token = sealing.seal(sealing.UNSUBSCRIBE, deliver(campaign, reader).pk)
    found = ask(0, now, to="undisclosed-recipients:;", envelope_to=f"UNSUB+{token.upper()}@bounce.example.org")
    assert found.outcome == "left"


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": "Auto-Submitted: auto-replied (vacation)\n"},
        {"headers": "Precedence: bulk\n"},
        {"headers": "List-Id: <some.list.example.net>\n"},
        {"headers": "Return-Path: <>\n"},
        {"envelope_from": "<>"},
        {"purpose": sealing.PREFERENCES},
        {"to": "<unsub+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bounce.example.org>"},
    ],
)
def test_answers_of_programs_loops_and_tokens_that_are_not_ours_change_nothing(
    campaign: Campaign, reader: Any, deliver: Any, now: datetime, changes: dict[str, Any]
) -> None:
    found = ask(deliver(campaign, reader), now, **changes)
    assert found.outcome == "noted"
    assert reader.subscriptions.get().state == "active"
    assert not SingleMail.objects.exists()


def test_a_copy_of_our_own_header_in_a_mail_is_no_request(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    row = deliver(campaign, reader)
    quoted = f"List-Unsubscribe: <mailto:unsub+{sealing.seal(sealing.UNSUBSCRIBE, row.pk)}@bounce.example.org>"
    ask(row, now, to="<courier@example.org>", text=quoted)
    come_back(row, salt=quoted, words="552 5.2.2 mailbox full", status="5.2.2")
    assert reader.subscriptions.get().state == "active"


def test_a_test_mail_can_be_left_without_consequences(reader: Any, now: datetime) -> None:
    assert ask(0, now).rule == "test"
    assert reader.subscriptions.get().state == "active"


def test_twice_is_no_mistake(campaign: Campaign, reader: Any, deliver: Any, now: datetime) -> None:
    row = deliver(campaign, reader)
    assert [ask(row, now, text=word).outcome for word in ("once", "twice")] == ["left", "left"]
