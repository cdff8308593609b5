"""How relays share a campaign by weight."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from masthead.mail.pacing.shares import SLACK, Shares


@settings(max_examples=40)
@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_whoever_is_faster_the_shares_are_those_of_the_weights(weights: list[int], chance: random.Random) -> None:
    shares = Shares(dict(enumerate(weights)))
    taken = [0] * len(weights)
    speeds = [chance.random() + 0.01 for _ in weights]
    for key in range(len(weights)):
        shares.set_ready(key, True)
    for _ in range(600):
        key = chance.choices(range(len(weights)), speeds)[0]
        if shares.may(key):
            shares.took(key)
            taken[key] += 1
    slowest = min(count / weight for count, weight in zip(taken, weights, strict=True))
    most = SLACK / max(weights)
    assert all(count / weight <= slowest + most + 1 / weight + 1e-6 for count, weight in zip(taken, weights, strict=True))


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=60))
def test_somebody_may_always_go_on(changes: list[tuple[int, bool]]) -> None:
    shares = Shares({0: 1, 1: 5, 2: 100})
    ready: set[int] = set()
    for key, up in changes:
        shares.set_ready(key, up)
        (ready.add if up else ready.discard)(key)
        for _ in range(30):
            able = [each for each in ready if shares.may(each)]
            assert able or not ready
            if able:
                shares.took(able[0])


def test_a_relay_that_was_away_does_not_make_up_for_it() -> None:
    shares = Shares({1: 1, 2: 1})
    shares.set_ready(1, True)
    for _ in range(500):
        assert shares.may(1)
        shares.took(1)
    shares.set_ready(2, True)
    turns = 0
    while shares.may(2) and turns < 100:
        shares.took(2)
        turns += 1
    assert turns <= SLACK + 1
