"""What receivers hold against us: told once, and a campaign stops for it; no reader is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from masthead.audience.models import Subscriber
from masthead.bounces import acting, alarming, lookups
from masthead.bounces.models import Alarm, Finding
from masthead.delivery import campaigns, holding
from masthead.delivery.models import Campaign, Delivery
from masthead.mail.fingerprints import fingerprint
from masthead.mail.models import Suppression
from tests.ledger import give_back


@pytest.fixture
def audience(campaign: Campaign, now: datetime) -> Callable[..., list[Delivery]]:
    """A function: domain, count → accepted deliveries of the campaign to so many readers there."""

    def make(domain: str, count: int) -> list[Delivery]:
        names = [f"r{number}@{domain}" for number in range(count)]
        Subscriber.objects.bulk_create(
            Subscriber(address=name, address_key=name, domain=domain, fingerprint=fingerprint(name), created_at=now)
            for name in names
        )
        readers = Subscriber.objects.filter(domain=domain).order_by("id")
        Delivery.objects.bulk_create(Delivery(campaign=campaign, subscriber=each, state=3, at=1) for each in readers)
        rows = list(campaign.deliveries.order_by("id"))
        Campaign.objects.filter(pk=campaign.pk).update(first_delivery=rows[0].pk, last_delivery=rows[-1].pk, audience=len(rows))
        give_back(campaign)
        campaign.refresh_from_db()
        return [row for row in rows if row.subscriber is not None and row.subscriber.domain == domain]

    return make


def came(rows: list[Delivery], now: datetime, **values: Any) -> None:
    """Findings about each of `rows`, judged."""
    Finding.objects.bulk_create(
        Finding(
            found_at=now, identity="token", delivery=row, campaign=row.campaign, subscriber=row.subscriber,
            domain=row.subscriber.domain if row.subscriber else "", **values,
        )
        for row in rows
    )  # fmt: skip
    acting.judge_pending(now=now)


REFUSED = {"kind": "bounce", "reason": "authfailure", "status_class": "5", "reply": "550", "status": "5.7.26"}
COMPLAINED = {"kind": "complaint", "reason": "feedback", "feedback_type": "abuse"}


def test_few_refusals_that_are_ours_to_mend_are_an_alarm_told_to_the_owner_once(
    campaign: Campaign, audience: Any, owner: Any, editor: Any, now: datetime
) -> None:
    audience("small.example", 7)
    rows = audience("big.example", 100)
    came(rows[:4], now, **REFUSED)
    assert alarming.sweep(now=now) == []
    came(rows[4:6], now, **REFUSED)
    (alarm,) = alarming.sweep(now=now)
    assert (alarm.domain, alarm.reason, alarm.count, alarm.out_of, alarm.paused) == ("big.example", "authfailure", 6, 100, False)
    assert alarming.sweep(now=now) == []
    came(rows[6:9], now, **REFUSED)
    assert alarming.sweep(now=now) == []
    assert Alarm.objects.get().count == 9
    assert [each.to for each in mail.outbox] == [["owen@example.org"]]
    words = "big.example: 6 of 100 mails refused for a reason that is ours to mend: SPF, DKIM or DMARC failed."
    assert words in mail.outbox[0].body
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.SENDING
    assert not Suppression.objects.exists()


def test_many_refusals_by_one_receiver_stop_what_goes_there_once_and_a_person_decides(
    campaign: Campaign, audience: Any, owner: Any, now: datetime
) -> None:
    audience("calm.example", 300)
    rows = audience("big.example", 200)
    came(rows[:50], now, **REFUSED)
    assert {(alarm.domain, alarm.paused) for alarm in alarming.sweep(now=now)} == {("big.example", True)}
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.SENDING
    held = campaign.held_providers.get()
    assert held.provider == "big.example"
    assert "50 of 200" in held.why
    assert "The sending to big.example was stopped; the rest goes on." in mail.outbox[0].body
    holding.go_on(campaign=campaign, by="staff:1", now=now)
    came(rows[50:60], now, **REFUSED)
    assert alarming.sweep(now=now) == []
    assert not campaign.held_providers.exists()
    assert (len(mail.outbox), Suppression.objects.count()) == (1, 0)


def test_many_refusals_by_many_receivers_stop_the_sending_once_and_a_person_decides(
    campaign: Campaign, audience: Any, owner: Any, now: datetime
) -> None:
    several = [audience(f"r{number}.example", 40) for number in range(5)]
    for rows in several:
        came(rows[:10], now, **REFUSED)
    assert {alarm.domain for alarm in alarming.sweep(now=now) if alarm.paused} == {""}
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PAUSED
    assert "50 of 200" in campaign.attention
    assert len(mail.outbox) == 1
    campaigns.resume(campaign=campaign, by="staff:1", now=now)
    for rows in several:
        came(rows[10:12], now, **REFUSED)
    assert alarming.sweep(now=now) == []
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.SENDING
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("complaints", "level"), [(1, ""), (2, "alarm"), (5, "alarm"), (6, "pause")])
def test_complaints_are_an_alarm_from_one_in_a_thousand_on_and_stop_the_sending_from_three(
    campaign: Campaign, audience: Any, owner: Any, now: datetime, complaints: int, level: str
) -> None:
    came(audience("big.example", 2000)[:complaints], now, **COMPLAINED)
    raised = alarming.sweep(now=now)
    assert {alarm.domain for alarm in raised} == ({"", "big.example"} if level else set())
    assert {alarm.domain for alarm in raised if alarm.paused} == ({"big.example"} if level == "pause" else set())
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.SENDING
    assert campaign.held_providers.exists() == (level == "pause")


def test_complaints_to_many_receivers_stop_the_sending(campaign: Campaign, audience: Any, owner: Any, now: datetime) -> None:
    for number in range(6):
        came(audience(f"r{number}.example", 300)[:1], now, **COMPLAINED)
    assert {(alarm.domain, alarm.paused) for alarm in alarming.sweep(now=now)} == {("", True)}
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PAUSED


def test_one_receiver_complains_much_though_all_together_do_not(
    campaign: Campaign, audience: Any, owner: Any, now: datetime
) -> None:
    audience("calm.example", 4000)
    came(audience("cross.example", 1000)[:3], now, **COMPLAINED)
    (alarm,) = alarming.sweep(now=now)
    assert (alarm.domain, alarm.out_of, alarm.paused) == ("cross.example", 1000, True)


def test_a_rate_of_few_mails_says_nothing(campaign: Campaign, audience: Any, owner: Any, now: datetime) -> None:
    came(audience("small.example", 100)[:5], now, **COMPLAINED)
    assert alarming.sweep(now=now) == []


def test_a_settled_alarm_asks_for_nobody_and_an_old_one_is_not_raised(
    campaign: Campaign, audience: Any, owner: Any, now: datetime
) -> None:
    came(audience("big.example", 100)[:6], now, **REFUSED)
    assert alarming.sweep(now=now + timedelta(days=3)) == []
    (alarm,) = alarming.sweep(now=now)
    assert lookups.attention() == 1
    alarming.settle(alarm=alarm, by="staff:1", now=now)
    alarming.settle(alarm=alarm, by="staff:2", now=now)
    assert (lookups.attention(), Alarm.objects.get().settled_by) == (0, "staff:1")
