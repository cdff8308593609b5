"""Limits, several relays, the governor and quiet hours against real relays; their logs say what left when."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from masthead.cli import dispatch
from masthead.delivery import campaigns, forecasting, lookups, quiet_hours, sweeping
from masthead.delivery.ledger import ranges
from masthead.delivery.models import Campaign, Delivery, QuietHours, Range
from masthead.delivery.sender import relay as relays
from masthead.delivery.sender import working
from masthead.mail import provider_limits
from masthead.mail.models import Slowdown, Spent, Transport
from masthead.mail.pacing.limits import Limits
from tests.delivery.test_sender import Sink, begin, sink, states, work  # noqa: F401 (two of them are fixtures)

State = Delivery.State
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mixed(mailing_list: Any, make_subscriber: Any) -> Callable[..., None]:
    """A function: how many readers at each domain → they are subscribed."""

    def make(**counts: int) -> None:
        for name, count in counts.items():
            for number in range(count):
                make_subscriber(f"{name}{number}@{name}.example", mailing_list)

    return make


@pytest.fixture
def server(settings: Any) -> Callable[..., Transport]:
    """A function: a port and columns → a mail server in use."""
    settings.SMTP_URL = ""

    def make(port: int, **columns: Any) -> Transport:
        values = {"kind": "smtp", "host": "127.0.0.1", "port": port, "security": "none", "in_use": True, "connections": 3}
        return Transport.objects.create(**{"name": f"relay at {port}", **values, **columns})

    return make


def times(relay: Sink, part: str = "") -> list[float]:
    return sorted(line["at"] for line in relay.lines() if line["taken"] and part in line["to"])


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(1 for other in moments if first <= other < first + 1) for first in moments)


def run(campaign: Campaign, *, seconds: float = 60) -> None:
    """What the tasks would do, without waiting for a rest, until nothing is left to do."""
    end = time.monotonic() + seconds
    while Campaign.objects.get(pk=campaign.pk).state == "sending" and time.monotonic() < end:
        Range.objects.update(not_before=None)
        Delivery.objects.filter(state=State.DEFERRED).update(retry_at=None)
        for range_id in ranges.without_worker(campaign.pk):
            working.work(range_id=range_id)
    campaign.refresh_from_db()


def test_a_limit_per_second_holds(sink: Any, begin: Any, settings: Any) -> None:  # noqa: F811
    relay, campaign = sink(), begin(45)
    settings.SMTP_CONNECTIONS, settings.SMTP_PER_SECOND = 4, 15
    run(campaign)
    moments = times(relay)
    assert (campaign.state, len(moments)) == ("finished", 45)
    assert moments[-1] - moments[0] >= 2.6
    assert most_in_a_second(moments) <= 28


def test_an_hourly_limit_rests_and_goes_on_by_itself(sink: Any, begin: Any, settings: Any) -> None:  # noqa: F811
    relay, campaign = sink(), begin(15)
    settings.SMTP_CONNECTIONS, settings.SMTP_PER_HOUR = 3, 10
    work(campaign)
    assert len(times(relay)) == 10
    assert (campaign.state, states(campaign).count(State.QUEUED)) == ("sending", 5)
    resting = Range.objects.get(done=False)
    assert resting.not_before is not None
    assert resting.not_before > time.time() + 60
    assert ranges.without_worker(campaign.pk) == []
    assert sum(Spent.objects.values_list("sent", flat=True)) == 10
    found = forecasting.of_campaign(campaign, lookups.progress(campaign), now=datetime.now(UTC))
    assert found is not None
    assert found.reason == "relay"
    Spent.objects.all().delete()  # an hour goes by
    run(campaign)
    assert (campaign.state, len(times(relay))) == ("finished", 15)


def test_a_spent_budget_lets_all_ranges_rest(sink: Any, begin: Any, settings: Any) -> None:  # noqa: F811
    sink()
    settings.RANGE_SIZE, settings.SMTP_PER_HOUR = 70, 3
    campaign = begin(350)
    work(campaign)
    assert states(campaign).count(State.ACCEPTED) == 3
    assert Range.objects.filter(done=False, not_before__isnull=True).count() == 0
    assert ranges.without_worker(campaign.pk) == []


def test_what_was_taken_and_not_used_is_given_back(sink: Any, begin: Any, settings: Any) -> None:  # noqa: F811
    sink()
    campaign = begin(7)
    settings.SMTP_PER_DAY = 1000
    run(campaign)
    assert sum(Spent.objects.values_list("sent", flat=True)) == 7


def test_a_limit_of_one_provider_holds_and_leaves_the_others_alone(
    sink: Any,  # noqa: F811
    begin: Any,  # noqa: F811
    mixed: Any,
    settings: Any,
) -> None:
    relay = sink()
    mixed(slow=12, fast=40)
    provider_limits.keep(
        name="porthaven", domains=["slow.example"], limits=Limits(per_second=4), by="staff:1", now=datetime.now(UTC)
    )
    settings.SMTP_CONNECTIONS = 3
    campaign = begin(0)
    run(campaign)
    slow, fast = times(relay, "@slow"), times(relay, "@fast")
    assert (campaign.state, len(slow), len(fast)) == ("finished", 12, 40)
    assert slow[-1] - slow[0] >= 2.2
    assert most_in_a_second(slow) <= 9
    assert fast[20] < slow[-1], "the others did not wait"


def test_a_governed_provider_is_slowed_down_and_the_others_are_not(
    sink: Any,  # noqa: F811
    begin: Any,  # noqa: F811
    mixed: Any,
    settings: Any,
) -> None:
    relay = sink("--throttle", "slow.example", "--rate", "2")
    mixed(slow=10, fast=30)
    settings.SMTP_CONNECTIONS = 3
    campaign = begin(0)
    work(campaign)
    slowed = Slowdown.objects.get()
    assert slowed.provider == "slow.example"
    assert "rate limit exceeded" in slowed.words
    deferred = Delivery.objects.filter(state=State.DEFERRED).values_list("subscriber__domain", flat=True)
    assert set(deferred) <= {"slow.example"}
    assert len(times(relay, "@fast")) == 30
    run(campaign)
    assert (campaign.state, len(times(relay, "@slow"))) == ("finished", 10)


def test_relays_share_a_campaign_by_their_weights(sink: Any, server: Any, begin: Any, settings: Any) -> None:  # noqa: F811
    heavy, light = sink("--delay", "0.03"), sink("--delay", "0.03")
    settings.SMTP_URL = ""
    server(heavy.port, weight=3)
    server(light.port, weight=1)
    campaign = begin(160)
    run(campaign)
    counts = len(times(heavy)), len(times(light))
    assert (campaign.state, sum(counts)) == ("finished", 160)
    # Counted while both were there: one may have been connected long before the other.
    begin_of_both, end_of_both = max(times(heavy)[0], times(light)[0]), min(times(heavy)[-1], times(light)[-1])
    shares = [sum(1 for each in times(relay) if begin_of_both <= each <= end_of_both) for relay in (heavy, light)]
    assert shares[1] >= 5, shares
    assert abs(shares[0] - 3 * shares[1]) <= 25, shares
    assert sorted(heavy.taken() + light.taken()) == sorted(f"r{number}@example.org" for number in range(160))


def test_a_relay_out_of_reach_leaves_its_share_to_the_others(
    sink: Any,  # noqa: F811
    server: Any,
    begin: Any,  # noqa: F811
    settings: Any,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(relays, "PATIENCE_SECONDS", 0.3)
    alive, dead = sink("--delay", "0.03"), sink()
    dead.end()
    settings.SMTP_URL = ""
    server(alive.port, connections=1)
    broken = server(dead.port, weight=9)
    campaign = begin(40)
    run(campaign)
    assert (campaign.state, len(times(alive))) == ("finished", 40)
    broken.refresh_from_db()
    assert "closed" in broken.trouble
    assert broken.rests_until is not None


def test_with_no_relay_left_the_campaign_pauses_for_a_while(
    sink: Any,  # noqa: F811
    server: Any,
    begin: Any,  # noqa: F811
    settings: Any,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(relays, "PATIENCE_SECONDS", 0.3)
    for _ in range(2):
        dead = sink()
        dead.end()
        settings.SMTP_URL = ""
        server(dead.port)
    campaign = begin(3)
    work(campaign)
    assert campaign.state == "paused"
    assert campaign.resume_at is not None
    assert states(campaign) == [State.QUEUED] * 3


def test_a_relay_that_refuses_us_is_left_out_and_nobody_is_held_responsible(
    sink: Any,  # noqa: F811
    server: Any,
    begin: Any,  # noqa: F811
    settings: Any,
) -> None:
    good, bad = sink("--delay", "0.05"), sink("--stage", "mail", "--kind", "5xx", "--words", "550 5.7.1 not from you")
    settings.SMTP_URL = ""
    server(good.port, connections=1)
    refusing = server(bad.port)
    campaign = begin(60)
    run(campaign)
    assert (campaign.state, len(times(good)), states(campaign).count(State.ACCEPTED)) == ("finished", 60, 60)
    refusing.refresh_from_db()
    assert "not from you" in refusing.trouble


def test_a_relay_for_other_senders_is_not_used(sink: Any, server: Any, begin: Any, settings: Any) -> None:  # noqa: F811
    ours, theirs = sink(), sink()
    settings.SMTP_URL = ""
    server(ours.port, sender_domains="example.net example.org")
    server(theirs.port, sender_domains="example.com", weight=100)
    campaign = begin(10)
    run(campaign)
    assert (len(times(ours)), len(times(theirs))) == (10, 0)
    Transport.objects.filter(port=ours.port).delete()
    campaign = begin(11)
    work(campaign)
    assert campaign.state == "paused"
    assert "example.org" in campaign.attention


def test_in_quiet_hours_it_rests_and_afterwards_it_goes_on(sink: Any, begin: Any, publication: Any) -> None:  # noqa: F811
    relay, campaign = sink(), begin(5)
    now = datetime.now(UTC)
    ends = now + timedelta(hours=1)
    QuietHours.objects.create(publication=publication, begins=(now - timedelta(hours=1)).time(), ends=ends.time())
    work(campaign)
    assert (campaign.state, times(relay)) == ("paused", [])
    assert campaign.resume_at is not None
    assert abs((campaign.resume_at - ends).total_seconds()) < 1
    sweeping.sweep(now=now)
    campaign.refresh_from_db()
    assert campaign.state == "paused"
    QuietHours.objects.update(ends=(now - timedelta(minutes=1)).time())  # it is later now
    sweeping.sweep(now=ends + timedelta(seconds=1))
    run(campaign)
    assert (campaign.state, len(times(relay))) == ("finished", 5)


def test_a_run_ends_when_quiet_hours_begin(sink: Any, begin: Any, publication: Any, settings: Any) -> None:  # noqa: F811
    relay, campaign = sink(), begin(60)
    settings.SMTP_PER_SECOND = 10
    now = datetime.now(UTC)
    begins = now + timedelta(seconds=3)
    QuietHours.objects.create(publication=publication, begins=begins.time(), ends=(now + timedelta(hours=1)).time())
    run(campaign)
    assert campaign.state == "paused"
    assert len(times(relay)) < 60
    assert max(times(relay), default=0.0) <= begins.timestamp() + 2


def test_a_repeated_command_does_not_end_the_quiet(begin: Any, publication: Any, mailing_list: Any) -> None:  # noqa: F811
    campaign = begin(2)
    now = datetime.now(UTC)
    hours = {"begins": (now - timedelta(hours=1)).time(), "ends": (now + timedelta(hours=1)).time()}
    quiet_hours.change(publication=publication, by="staff:1", now=now, **hours)
    work(campaign)
    issue = campaign.edition.issue
    again = dispatch.begin(issue=issue, lists=[mailing_list], starts_at=None, hold=False, by="command line", now=now)
    assert (again.pk, again.state) == (campaign.pk, "paused")
    assert "quiet hours of the publication until" in dispatch.result_of(again).reason


def test_a_person_can_let_it_go_on_in_quiet_hours(sink: Any, begin: Any, publication: Any) -> None:  # noqa: F811
    relay, campaign = sink(), begin(4)
    now = datetime.now(UTC)
    hours = {"begins": (now - timedelta(hours=1)).time(), "ends": (now + timedelta(hours=1)).time()}
    quiet_hours.change(publication=publication, by="staff:1", now=now, **hours)
    work(campaign)
    assert campaign.state == "paused"
    campaigns.resume(campaign=campaign, by="staff:1", now=datetime.now(UTC))
    run(campaign)
    assert (campaign.state, len(times(relay))) == ("finished", 4)


@pytest.mark.postgresql
def test_two_worker_processes_together_stay_under_the_limit(
    sink: Any,  # noqa: F811
    begin: Any,  # noqa: F811
    settings: Any,
    tmp_path: Path,
) -> None:
    relay = sink()
    settings.RANGE_SIZE = 130
    campaign = begin(520)
    url = f"postgresql://{connection.settings_dict['USER']}@{connection.settings_dict['HOST']}"
    url += f":{connection.settings_dict['PORT']}/{connection.settings_dict['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "masthead.config.settings",
        "MASTHEAD_DATABASE_URL": url,
        "MASTHEAD_DATA": str(tmp_path),
        "MASTHEAD_SMTP_URL": settings.SMTP_URL,
        "MASTHEAD_SMTP_CONNECTIONS": "2",
        "MASTHEAD_SMTP_PER_SECOND": "120",
    }
    command = [sys.executable, str(Path(__file__).parent / "worker.py"), str(campaign.pk)]
    workers = [subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=120)  # nearly always both did some of it; who got how much is the scheduler's business
    moments = times(relay)
    assert len(moments) == 520
    assert moments[-1] - moments[0] >= 3.8
    assert most_in_a_second(moments) <= 190
    assert lookups.verify(campaign).accepted == 520
