"""The wall clock is set forward or back in the middle of it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from masthead.audit.models import Entry
from masthead.delivery import campaigns, starting, sweeping, tasks
from masthead.delivery.ledger import ranges
from masthead.delivery.models import Campaign, Delivery, Range
from tests.delivery.test_sender import begin, sink, work  # noqa: F401 (two of them are fixtures)

State = Delivery.State
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_schedule_fires_once_however_often_its_hour_comes(campaign: Campaign, reader: Any, now: datetime) -> None:
    for moment in (now - HOUR, now, now - HOUR, now, now + HOUR, now - HOUR * 24, now):
        sweeping.sweep(now=moment)
        starting.start(campaign_id=campaign.pk, now=moment)
    assert Delivery.objects.count() == 1
    assert Entry.objects.filter(action="campaign.started").count() == 1


def test_a_clock_far_ahead_does_not_send_what_was_missed_but_asks(campaign: Campaign, reader: Any, now: datetime) -> None:
    sweeping.sweep(now=now + timedelta(days=3650))
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.DRAFT
    assert not Delivery.objects.exists()


def test_after_it_was_set_back_nobody_waits_for_the_hour_to_come_again(campaign: Campaign, reader: Any, now: datetime) -> None:
    """All times are written by a clock that is then set back by a day."""
    real = timezone.now()
    starting.start(campaign_id=campaign.pk, now=now)
    ahead = int((real + timedelta(days=1)).timestamp())
    Delivery.objects.update(state=State.DEFERRED, at=ahead, retry_at=ahead + 30)
    Range.objects.update(not_before=ahead + 30, woken_at=ahead)
    assert ranges.without_worker(campaign.pk) == []
    sweeping.after_clock_was_set_back(now=real)
    assert ranges.without_worker(campaign.pk) == [Range.objects.get().pk]
    assert Delivery.objects.get().retry_at is None
    Range.objects.update(woken_at=int(real.timestamp()) - 31)  # a wake is not repeated for half a minute
    assert ranges.note_wake(Range.objects.get().pk)


def test_a_dead_owner_whose_last_sign_lies_ahead_is_missed_in_the_usual_time(
    campaign: Campaign, reader: Any, now: datetime, settings: Any
) -> None:
    settings.EMBEDDED = False
    starting.start(campaign_id=campaign.pk, now=now)
    real = int(timezone.now().timestamp())
    Range.objects.update(owner="somebody", heartbeat_at=real + 3600)
    sweeping.after_clock_was_set_back(now=timezone.now())
    beat = Range.objects.get().heartbeat_at
    assert beat is not None
    assert abs(beat - real) < 30
    assert ranges.without_worker(campaign.pk) == [], "who lives has time to give another sign"
    Range.objects.update(heartbeat_at=beat - settings.WORKER_LOST_SECONDS - 1)
    assert len(ranges.without_worker(campaign.pk)) == 1


def test_a_campaign_that_rests_for_a_relay_goes_on_after_it_was_set_back(campaign: Campaign, reader: Any, now: datetime) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    campaigns.pause_for_a_while(campaign=campaign, now=now, why="no route")
    sweeping.sweep(now=now - HOUR)
    campaign.refresh_from_db()
    assert campaign.state == "paused"
    sweeping.after_clock_was_set_back(now=now - HOUR)
    campaign.refresh_from_db()
    assert campaign.state == "sending"


def test_the_sweep_looks_at_the_clock(campaign: Campaign, reader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[datetime] = []
    monkeypatch.setattr(sweeping, "after_clock_was_set_back", lambda *, now: told.append(now))
    monkeypatch.setattr(tasks._clock, "was_set_back", iter([True, False]).__next__)
    tasks.sweep.func()
    tasks.sweep.func()
    assert len(told) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("jump", [7 * 86400.0, -7 * 86400.0], ids=["forward", "back"])
def test_a_worker_whose_clock_jumps_while_it_sends_goes_on_as_if_nothing_had_happened(
    sink: Any,  # noqa: F811
    begin: Any,  # noqa: F811
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    jump: float,
) -> None:
    """Every wait and deadline of the worker is counted by the steady clock; the other one only dates what happened."""
    settings.SMTP_PER_SECOND = 100
    relay, campaign = sink("--delay", "0.005"), begin(40)
    real, calls = time.time, [0]

    def jumping() -> float:
        calls[0] += 1
        return real() + (jump if 30 < calls[0] < 90 else 0.0)

    monkeypatch.setattr(time, "time", jumping)
    began = time.monotonic()
    work(campaign)
    assert calls[0] > 90, "it jumped and came back in the middle"
    assert (campaign.state, campaign.attention) == ("finished", "")
    assert set(Delivery.objects.values_list("state", "attempt", "repeats")) == {(State.ACCEPTED, 1, 0)}
    assert sorted(relay.taken()) == sorted(f"r{number}@example.org" for number in range(40))
    assert time.monotonic() - began < 30
