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


@pytest.mark.parametrize("by_provider", [False, True])
def test_mails_are_made_ahead_but_not_where_a_limit_says_who_is_next(by_provider: bool) -> None:
    turns: Any = SimpleNamespace(
        free=False,
        by_provider=by_provider,
        wait=lambda *_: 0.0,
        took=lambda *_: None,
        is_unlimited=lambda provider: provider != "slow.example",
        provider_of=lambda address: address.partition("@")[2],
    )
    waiting = Pool(turns)
    row = Row(0, 1, 0, 0, None, None, "rosa@example.org", "Rosa", "", "html", "", "{}", False)
    domains = ["example.org", "slow.example"] if by_provider else ["example.org"]
    waiting.add([row._replace(id=number, address=f"r{number}@{domains[number % len(domains)]}") for number in range(10)])
    ahead = {}
    for _ in domains:
        first = waiting.take(0)
        assert isinstance(first, Row)
        ahead[first.address.partition("@")[2]] = [each.id - first.id for each in waiting.next_rows(first, 3)]
    step = len(domains)
    expected = {"example.org": [step, 2 * step, 3 * step], "slow.example": list[int]()}
    assert ahead == {domain: expected[domain] for domain in domains}
    assert len(waiting) == 10 - len(domains) - 3
