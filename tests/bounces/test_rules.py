"""The rules, one by one, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from masthead.bounces import rules
from masthead.bounces.models import Finding
from masthead.bounces.reading.finding import REASONS
from masthead.bounces.rules import CERTAIN, LIKELY, UNPROVEN, Case, Thresholds

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DEAD = {"kind": "bounce", "reason": "userunknown", "status": "5.1.1", "status_class": "5", "dead": True, "said": True}
CERTAIN_DEAD = Case(**DEAD, certainty=CERTAIN, campaign=1, at=NOW)  # type: ignore[arg-type]
LIKELY_DEAD = Case(**DEAD, certainty=LIKELY, campaign=2, at=NOW)  # type: ignore[arg-type]


def outcome(case: Case, thresholds: Thresholds = Thresholds()) -> str:  # noqa: B008  it is frozen
    return rules.judge(case, thresholds).outcome


def changed(case: Case, **values: object) -> Case:
    from dataclasses import replace

    return replace(case, **values)  # type: ignore[arg-type]


def test_code_words_and_token_together_suppress_at_once() -> None:
    assert outcome(CERTAIN_DEAD) == "suppressed"


@pytest.mark.parametrize(
    "missing",
    [{"said": False}, {"status": ""}, {"status": "5.0.0"}, {"status": "5.4.4"}, {"certainty": LIKELY}],
    ids=lambda missing: str(missing),
)
def test_when_one_of_them_is_missing_a_second_campaign_must_say_so(missing: dict[str, object]) -> None:
    case = changed(CERTAIN_DEAD, **missing)
    assert outcome(case) == "first"
    assert outcome(changed(case, earlier=((7, NOW - timedelta(hours=24)),))) == "suppressed"


def test_two_bounces_of_one_campaign_are_one_sign() -> None:
    assert outcome(changed(LIKELY_DEAD, earlier=((2, NOW - timedelta(days=30)),))) == "first"


def test_two_bounces_within_a_day_are_one_sign() -> None:
    assert outcome(changed(LIKELY_DEAD, earlier=((1, NOW - timedelta(hours=23, minutes=59)),))) == "first"


def test_three_signs_can_be_asked_for() -> None:
    three = Thresholds(repeats=3)
    earlier = [(number, NOW - timedelta(days=number)) for number in (3, 4)]
    assert outcome(changed(LIKELY_DEAD, earlier=tuple(earlier[:1])), three) == "first"
    assert outcome(changed(LIKELY_DEAD, earlier=tuple(earlier)), three) == "suppressed"


@pytest.mark.parametrize("values", [{"certainty": UNPROVEN}, {"names_another": True}, {"is_test": True}])
def test_a_dead_address_that_is_not_surely_the_readers_is_noted_only(values: dict[str, object]) -> None:
    case = changed(CERTAIN_DEAD, **values, earlier=((7, NOW - timedelta(days=9)), (8, NOW - timedelta(days=19))))
    assert outcome(case) == "noted"


@pytest.mark.parametrize("reason", sorted(set(REASONS) - {"userunknown", "hostunknown", "hasmoved", "notaccept"}))
def test_no_other_reason_ever_suppresses(reason: str) -> None:
    earlier = tuple((number, NOW - timedelta(days=number)) for number in range(10, 30))
    case = changed(CERTAIN_DEAD, reason=reason, dead=False, earlier=earlier)
    assert outcome(case) == ("alarm" if reason in rules.OURS else "counted")


@pytest.mark.parametrize("kind", ["auto-reply", "other", "delivered", "delayed"])
def test_no_other_kind_ever_suppresses(kind: str) -> None:
    assert outcome(changed(CERTAIN_DEAD, kind=kind)) in ("noted", "counted")


@pytest.mark.parametrize("feedback_type", ["abuse", "opt-out"])
@pytest.mark.parametrize("certainty", [CERTAIN, LIKELY])
def test_a_proven_complaint_takes_the_reader_off_at_once(feedback_type: str, certainty: str) -> None:
    assert outcome(Case("complaint", feedback_type=feedback_type, certainty=certainty)) == "complained"


def test_a_complaint_that_proves_nothing_or_is_about_us_raises_an_alarm() -> None:
    assert outcome(Case("complaint", feedback_type="abuse")) == "alarm"
    assert outcome(Case("complaint", feedback_type="auth-failure", certainty=CERTAIN)) == "alarm"


@pytest.mark.parametrize(
    ("would_suppress", "accepted", "too_many"),
    [(49, 100, False), (50, 100, True), (50, 1000, False), (51, 1000, True), (5000, 100_000, False), (5001, 100_000, True)],
)
def test_more_than_five_percent_and_at_least_fifty_are_too_many(would_suppress: int, accepted: int, too_many: bool) -> None:
    assert rules.is_too_many(would_suppress=would_suppress, accepted=accepted, thresholds=Thresholds()) is too_many


def test_every_rule_has_a_name_of_its_own_and_an_outcome_that_exists() -> None:
    names = [rule.name for rule in rules.RULES]
    assert len(set(names)) == len(names)
    assert {rule.outcome for rule in rules.RULES} <= set(Finding.Outcome.values)
    assert all(len(name) <= 40 for name in names)
