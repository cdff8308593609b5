"""The governor: slower after complaints, faster after quiet spells, always within its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.mail.pacing import governor
from masthead.mail.pacing.governor import FREE, Ear, Pace, after_success, is_complaint, slower


@pytest.mark.parametrize(
    ("code", "enhanced", "text", "complaint"),
    [
        (421, "4.7.28", "our system has detected an unusual rate of mail", True),
        (421, "", "closing, too many connections", True),
        (450, "4.7.1", "slow down", True),
        (451, "4.3.0", "You are sending too fast", True),
        (452, "4.2.2", "rate limit exceeded", True),
        (450, "4.2.0", "Greylisted, see you in five minutes", False),
        (451, "4.7.1", "graylisting in action, try again later", False),
        (452, "4.2.2", "mailbox full", False),
        (451, "4.3.0", "database error", False),
        (550, "5.7.1", "rate limit exceeded", False),
        (250, "2.0.0", "Ok", False),
    ],
)
def test_what_says_too_fast(code: int, enhanced: str, text: str, complaint: bool) -> None:
    assert is_complaint(code, enhanced, text) is complaint


def test_one_complaint_is_an_accident_and_many_are_not() -> None:
    ear = Ear()
    assert [ear.hear(complaint=True) for _ in range(4)] == [False, False, True, True], "a provider that takes nothing"
    ear = Ear()
    heeded = [ear.hear(complaint=number % 25 == 0) for number in range(500)]
    assert not any(heeded), "one in twenty-five, as a relay with a fault of its own says it"
    assert any(ear.hear(complaint=number % 5 == 0) for number in range(50))


def test_an_ear_is_calm_when_the_complaint_is_long_ago() -> None:
    ear = Ear()
    ear.hear(complaint=True)
    for _ in range(governor.LAST_ANSWERS - 1):
        ear.hear(complaint=False)
        assert not ear.calm
    ear.hear(complaint=False)
    assert ear.calm


def complained(pace: Pace, now: float, observed: float = 8.0) -> Pace:
    return slower(pace, now=now, observed=observed, words="421 slow down", jitter=0.0)


def test_a_complaint_stops_for_a_while_and_halves_the_pace() -> None:
    first = complained(FREE, 100.0)
    assert (first.rate, first.not_before, first.strikes) == (4.0, 105.0, 1)
    assert complained(first, 107.0) == first, "answers to what was under way say nothing new"
    second = complained(first, 120.0)
    assert (second.rate, second.not_before) == (2.0, 130.0)


def test_quiet_spells_bring_the_old_pace_back() -> None:
    pace, now, steps = complained(complained(FREE, 100.0), 120.0), 120.0, []
    for _ in range(20):
        now += 25
        pace = after_success(pace, now=now)
        steps.append(pace.rate)
        if pace == FREE:
            break
    assert steps[1:4] == [3.0, 4.5, 6.75]
    assert pace == FREE


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 100), st.floats(0, 1)), max_size=60), st.floats(0, 10_000))
def test_it_stays_within_its_bounds_whatever_happens(events: list[tuple[bool, float, float]], observed: float) -> None:
    pace, now = FREE, 1000.0
    for complaint, passed, jitter in events:
        now += passed
        before = pace
        if complaint:
            pace = slower(pace, now=now, observed=observed, words="", jitter=jitter)
            assert pace.rate is not None
            assert before.rate is None or pace.rate <= before.rate
            assert pace.not_before <= now + governor.LONGEST_STOP * 1.25
        else:
            pace = after_success(pace, now=now)
            assert pace.rate is None or before.rate is None or pace.rate >= before.rate
        assert pace.rate is None or governor.SLOWEST <= pace.rate <= max(pace.top, governor.FASTEST_AT_FIRST)
        assert pace.strikes >= 0


@given(st.floats(0, 10_000), st.integers(1, 30))
def test_it_always_recovers(observed: float, complaints: int) -> None:
    pace, now = FREE, 0.0
    for _ in range(complaints):
        now = max(now, pace.not_before) + 10
        pace = complained(pace, now, observed)
    for _ in range(100):
        now = max(now, pace.not_before) + governor.SPELL + 1
        pace = after_success(pace, now=now)
    assert pace == FREE
