"""One provider refuses us: its readers wait for a person, the others get the issue, and nobody is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from masthead.audit.models import Entry
from masthead.cli import dispatch
from masthead.delivery import campaigns, holding, lookups, sweeping
from masthead.delivery.ledger import ranges
from masthead.delivery.models import Campaign, Delivery, HeldProvider, Range
from masthead.mail import provider_limits
from masthead.mail.pacing.limits import NO_LIMITS
from tests.delivery.test_pacing import mixed, run  # noqa: F401 (one of them is a fixture)
from tests.delivery.test_sender import Sink, begin, sink, states, work  # noqa: F401 (two of them are fixtures)

# Fixtures of theirs are asked for by name.
# ruff: noqa: F811

State = Delivery.State
pytestmark = pytest.mark.django_db(transaction=True)

REFUSAL = "550 5.7.26 this mail has not been authenticated"


def now() -> datetime:
    return datetime.now(UTC)


def open_at(part: str) -> int:
    return Delivery.objects.filter(subscriber__address__contains=part, state__in=(State.QUEUED, State.DEFERRED)).count()


def test_a_provider_that_refuses_us_is_held_and_the_others_get_it(sink: Any, begin: Any, mixed: Any, settings: Any) -> None:
    relay = sink("--refuse", "@big.example", "--refusal", REFUSAL)
    settings.SMTP_CONNECTIONS, settings.RANGE_SIZE = 3, 10
    mixed(big=20, small=15)
    campaign = begin(0)
    run(campaign)
    assert len(relay.taken()) == 15
    assert (open_at("@big"), states(campaign).count(State.REJECTED)) == (20, 0)
    (held,) = holding.counted(campaign)
    assert (held.provider, held.readers, HeldProvider.objects.get().readers) == ("big.example", 20, 20)
    assert REFUSAL in held.why
    # Nobody else is left: it waits for a person, with the reason, and its deadline with it.
    assert campaign.state == "paused"
    assert "big.example" in campaign.attention
    assert REFUSAL in campaign.attention
    found = lookups.verify(campaign)
    assert (found.adds_up, found.accepted, found.open) == (True, 15, 20)
    assert Entry.objects.filter(action="campaign.provider_held").count() == 1


def test_going_on_sends_to_those_who_waited_once_each(sink: Any, begin: Any, mixed: Any) -> None:
    sink("--refuse", "@big.example", "--refusal", REFUSAL).end()
    relay = sink("--refuse", "@big.example", "--refusal", REFUSAL)
    mixed(big=8, small=3)
    campaign = begin(0)
    run(campaign)
    relay.end()
    relay = sink()
    campaigns.resume(campaign=campaign, by="staff:1", now=now())
    assert holding.names_for(campaign) == set()
    run(campaign)
    assert campaign.state == "finished"
    assert sorted(relay.taken()) == sorted(f"big{number}@big.example" for number in range(8))
    assert Entry.objects.filter(action="campaign.provider_released").count() == 1


def test_one_that_is_held_is_passed_over_and_asked_for_no_more(sink: Any, begin: Any, mixed: Any, settings: Any) -> None:
    relay = sink()
    settings.RANGE_SIZE = 4
    mixed(big=6, small=6)
    campaign = begin(0)
    assert holding.hold(campaign_id=campaign.pk, provider="big.example", why="they complain", by="system", now=now())
    assert not holding.hold(campaign_id=campaign.pk, provider="big.example", why="again", by="system", now=now())
    run(campaign)
    assert sorted(relay.taken()) == sorted(f"small{number}@small.example" for number in range(6))
    assert (campaign.state, open_at("@big")) == ("paused", 6)


def test_a_campaign_with_others_left_goes_on_and_a_person_can_go_on_with_one(sink: Any, begin: Any, mixed: Any) -> None:
    relay = sink()
    mixed(big=3, small=2)
    campaign = begin(0)
    holding.hold(campaign_id=campaign.pk, provider="big.example", why="they complain", by="system", now=now())
    later = int(now().timestamp()) + 3600
    Delivery.objects.filter(subscriber__domain="small.example").update(state=State.DEFERRED, retry_at=later)
    Range.objects.update(not_before=later)
    sweeping.sweep(now=now())
    campaign.refresh_from_db()
    assert campaign.state == "sending"
    assert holding.go_on(campaign=campaign, by="staff:1", now=now(), provider="nobody.example") == []
    assert holding.go_on(campaign=campaign, by="staff:1", now=now(), provider="big.example") == ["big.example"]
    assert holding.go_on(campaign=campaign, by="staff:1", now=now(), provider="big.example") == []
    assert ranges.without_worker(campaign.pk) != []
    run(campaign)
    assert (campaign.state, len(relay.taken())) == ("finished", 5)


def test_all_domains_of_a_provider_are_held_with_one(sink: Any, begin: Any, mixed: Any) -> None:
    relay = sink()
    provider_limits.keep(name="big", domains=["big.example", "bigger.example"], limits=NO_LIMITS, by="staff:1", now=now())
    mixed(big=2, bigger=2, small=2)
    campaign = begin(0)
    holding.hold(campaign_id=campaign.pk, provider="big", why="they complain", by="system", now=now())
    run(campaign)
    assert len(relay.taken()) == 2
    assert [held.readers for held in holding.counted(campaign)] == [4]


def test_a_relay_that_refuses_every_domain_pauses_the_campaign_and_holds_nobody(sink: Any, begin: Any, mixed: Any) -> None:
    sink("--refuse", "@", "--refusal", "554 5.7.1 relaying denied")
    mixed(a=2, b=2, c=2, d=2)
    campaign = begin(0)
    work(campaign)
    assert campaign.state == "paused"
    assert "relaying denied" in campaign.attention
    assert holding.names_for(campaign) == set()
    assert lookups.verify(campaign).open == 8


def test_an_ended_campaign_holds_nobody(begin: Any) -> None:
    campaign = begin(2)
    campaigns.cancel(campaign=campaign, by="staff:1", now=now())
    assert not holding.hold(campaign_id=campaign.pk, provider="example.org", why="late", by="system", now=now())


def test_the_same_command_again_goes_on_with_those_who_are_held(begin: Any, mailing_list: Any) -> None:
    campaign = begin(2)
    holding.hold(campaign_id=campaign.pk, provider="example.org", why="they complain", by="system", now=now())
    again = dispatch.begin(
        issue=campaign.edition.issue, lists=[mailing_list], starts_at=None, hold=False, by="command line", now=now()
    )
    assert (again, holding.names_for(campaign)) == (campaign, set())
    assert Campaign.objects.get().state == "sending"
