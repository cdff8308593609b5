"""Warm-up plans."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.pacing.warmup import Plan

PLANS = st.builds(
    lambda first, growth, more: Plan(first, growth, first + more),
    st.integers(1, 2000),
    st.integers(1, 300),
    st.integers(0, 100_000),
)


def test_it_grows_day_by_day_until_it_is_over() -> None:
    plan = Plan(first=500, growth=100, full=3000)
    assert [plan.ceiling(level) for level in range(5)] == [500, 1000, 2000, None, None]
    assert plan.length() == 3


def test_it_grows_only_after_a_day_that_was_used_and_went_well() -> None:
    plan = Plan(first=500, growth=100, full=3000)
    assert plan.after_day(1, sent=1000, deferred=10) == 2
    assert plan.after_day(1, sent=1000, deferred=80) == 1
    assert plan.after_day(1, sent=400, deferred=0) == 1
    assert plan.after_day(3, sent=1000, deferred=1000) == 3


def test_the_days_of_a_sending_are_known_before_it() -> None:
    plan = Plan(first=500, growth=100, full=3000)
    assert list(plan.days(0, 5000)) == [500, 1000, 2000, 1500]
    assert list(plan.days(0, 600, today=450)) == [50, 550]
    assert list(plan.days(9, 5000)) == [5000]


@given(PLANS)
def test_ceilings_only_rise_and_every_plan_ends(plan: Plan) -> None:
    ceilings = [plan.ceiling(level) for level in range(min(plan.length(), 400) + 1)]
    numbers = [each for each in ceilings if each is not None]
    assert numbers[0] == plan.first
    assert all(earlier < later for earlier, later in pairwise(numbers))
    assert None not in ceilings[: len(numbers)]


@given(PLANS, st.integers(0, 50_000), st.integers(0, 5))
def test_the_days_add_up(plan: Plan, mails: int, level: int) -> None:
    assert sum(plan.days(level, mails)) == mails


@pytest.mark.parametrize("values", [(0, 50, 100), (10, 0, 100), (10, 50, 5)])
def test_a_plan_that_cannot_work_is_refused(values: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="warm-up begins"):
        Plan(*values)
