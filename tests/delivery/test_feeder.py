"""How many readers a worker takes into its hands."""

from __future__ import annotations

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import F

from masthead.delivery.ledger import ranges
from masthead.delivery.ledger.rows import Row
from masthead.delivery.models import Range
from masthead.delivery.sender import feeder
from masthead.delivery.sender.pool import Pool
from tests.delivery.test_sender import State, begin, sink, states, work  # noqa: F401 (two of them are fixtures)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_slow_worker_takes_no_more_readers_than_it_soon_sends_to(
    sink: Any,  # noqa: F811
    begin: Any,  # noqa: F811
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else one is at work at the end of a campaign while the others are idle."""
    settings.RANGE_SIZE = 10
    relay, campaign = sink("--away", "0.005"), begin(150)
    claim_next, in_hand = ranges.claim_next, []

    def watched(campaign_id: int, *, held: Collection[int]) -> ranges.Claim | None:
        in_hand.append(Range.objects.filter(campaign=campaign_id, owner=ranges.ME).count())
        return claim_next(campaign_id, held=held)

    monkeypatch.setattr(feeder.ranges, "claim_next", watched)
    work(campaign)
    assert states(campaign) == [State.ACCEPTED] * 150
    assert len(relay.taken()) == 150
    assert max(in_hand) <= 10, "150 readers are fewer than a fast worker would take at once"


def test_a_worker_that_stood_still_does_not_take_its_own_readers_again(
    sink: Any,  # noqa: F811
    begin: Any,  # noqa: F811
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The machine was paused between two looks at the ledger, longer than a lost worker is waited for."""
    settings.RANGE_SIZE, settings.SMTP_CONNECTIONS = 10, 4
    relay, campaign = sink(), begin(40, "hold")
    claim_next = ranges.claim_next

    def late(*arguments: Any, **options: Any) -> ranges.Claim | None:
        Range.objects.filter(campaign=campaign, owner=ranges.ME).update(heartbeat_at=F("heartbeat_at") - 3600)
        return claim_next(*arguments, **options)

    monkeypatch.setattr(feeder.ranges, "claim_next", late)
    work(campaign)
    assert sorted(relay.taken()) == sorted(f"r{number}@example.org" for number in range(40))
    assert states(campaign) == [State.ACCEPTED] * 40


@pytest.mark.parametrize(("unlimited", "taken"), [(True, 3), (False, 0)])
def test_mails_are_made_ahead_for_several_relays_but_not_where_a_limit_says_who_is_next(unlimited: bool, taken: int) -> None:
    turns: Any = SimpleNamespace(free=False, unlimited=unlimited, by_provider=False)
    waiting = Pool(turns)
    row = Row(1, 1, 0, 0, None, None, "rosa@example.org", "Rosa", "", "html", "", "{}", False)
    waiting.add([row._replace(id=number) for number in range(5)])
    assert [each.id for each in waiting.next_rows(3)] == list(range(taken))
    assert len(waiting) == 5 - taken
