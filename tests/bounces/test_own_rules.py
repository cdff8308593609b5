"""Rules of the staff: what they may say, what they never can, and that each change can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from masthead.audit.models import Entry
from masthead.bounces import acting, own_rules, policies, rules
from masthead.bounces.models import Finding, OwnRule
from masthead.bounces.own_rules import BadRule, Draft
from masthead.bounces.rules import CERTAIN, LIKELY, Case, Own, Thresholds
from masthead.delivery.models import Campaign, Delivery
from masthead.mail.models import Suppression

GONE = Own("own:1", "suppressed", "They left.", phrase="has left the company")
LEFT = Case(
    kind="bounce", status="5.0.0", status_class="5", certainty=CERTAIN, words="550 Ada HAS left\n the company", domain="a.example"
)


def judged(case: Case, *own: Own) -> str:
    return rules.judge(case, Thresholds(own=own)).name


def changed(case: Case, **values: object) -> Case:
    from dataclasses import replace

    return replace(case, **values)  # type: ignore[arg-type]


def test_a_phrase_is_found_however_it_is_spaced_and_capitalised() -> None:
    assert judged(LEFT, GONE) == "own:1"
    assert judged(changed(LEFT, words="550 gone"), GONE) == "not dead"


@pytest.mark.parametrize(
    "values",
    [{"reason": reason} for reason in sorted(rules.NEVER)]
    + [{"status": code} for code in ("5.7.1", "5.7.515", "5.2.2", "5.2.3", "5.3.4")]
    + [{"certainty": LIKELY}, {"certainty": rules.UNPROVEN}, {"names_another": True}, {"status_class": "4"}, {"kind": "delayed"}]
    + [{"is_test": True}, {"kind": "auto-reply"}, {"kind": "other"}],
    ids=str,
)
def test_no_rule_of_the_staff_suppresses_for_policy_spam_size_quota_or_without_proof(values: dict[str, object]) -> None:
    assert rules.judge(changed(LEFT, **values), Thresholds(own=(GONE,))).outcome != "suppressed"


def test_a_readers_own_word_stands_above_the_rules_of_the_staff() -> None:
    deaf = Own("own:1", "noted", "-", status_class="5")
    complaint = changed(LEFT, kind="complaint", feedback_type="abuse")
    assert judged(complaint, deaf) == "complaint"
    assert judged(changed(LEFT, kind=rules.LEAVE), deaf) == "asks to leave"
    assert judged(LEFT, deaf) == "own:1"


def test_a_code_begins_in_whole_numbers_and_a_domain_has_those_below_it() -> None:
    by_code = Own("own:1", "noted", "-", code="5.1")
    assert [judged(changed(LEFT, status=code), by_code) for code in ("5.1.1", "5.1", "5.10.1")] == ["own:1", "own:1", "not dead"]
    by_domain = Own("own:1", "noted", "-", domains=frozenset({"a.example"}))
    assert [judged(changed(LEFT, domain=each), by_domain) for each in ("a.example", "mx.a.example", "ba.example")] == [
        "own:1",
        "own:1",
        "not dead",
    ]


def test_whatever_may_be_turned_off_costs_no_reader_anything() -> None:
    off = frozenset(rule.name for rule in rules.RULES if rule.may_be_off)
    dead = changed(LEFT, reason="userunknown", status="5.1.1", dead=True, said=True)
    assert rules.judge(dead, Thresholds()).outcome == "suppressed"
    for case in (dead, changed(dead, kind="delayed"), changed(dead, reason="blocked")):
        assert rules.judge(case, Thresholds(off=off)).outcome in ("first", "counted")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "needs a condition"),
        ({"phrase": "no"}, "too short"),
        ({"phrase": "gone", "why": " "}, "Say why"),
        ({"phrase": "gone", "verdict": "complained"}, "Say what follows"),
        ({"phrase": "gone", "kind": "complaint"}, "what a reader says"),
        ({"code": "5.1.x"}, "no beginning of an enhanced code"),
        ({"domain": "no domain"}, "neither a domain nor a provider"),
        ({"reason": "tired"}, "no reason"),
        ({"reason": "mailboxfull", "verdict": "suppressed"}, "never suppress a reader"),
        ({"reason": "spamdetected", "verdict": "suppressed"}, "never suppress a reader"),
        ({"phrase": "gone", "code": "5.7", "verdict": "suppressed"}, "never suppress a reader"),
        ({"phrase": "gone", "code": "5.2.2", "verdict": "suppressed"}, "never suppress a reader"),
        ({"phrase": "gone", "status_class": "4", "verdict": "suppressed"}, "only for now"),
        ({"code": "5.1", "verdict": "suppressed"}, "needs a reason or a phrase"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_a_sentence(values: dict[str, str], words: str, now: datetime) -> None:
    with pytest.raises(BadRule, match=words):
        own_rules.add(draft=Draft(**{"verdict": "noted", "why": "Because.", **values}), by="staff:1", now=now)
    assert not OwnRule.objects.exists()


@pytest.mark.django_db
def test_a_rule_is_tried_kept_used_undone_and_each_step_recorded(
    campaign: Campaign, reader: Any, deliver: Callable[..., Delivery], come_back: Callable[..., Finding], now: datetime
) -> None:
    words = "550 5.0.0 Ada went to sea"
    before = come_back(deliver(campaign, reader), words=words, status="5.0.0")
    assert before.outcome != Finding.Outcome.SUPPRESSED
    draft = Draft("suppressed", "Sailors do not come back.", phrase="went  to sea", domain=reader.domain.upper())
    found = acting.compare(proposed=own_rules.trial(draft, policies.current()))
    assert [(each.now.outcome, each.then.outcome) for each in found] == [(before.outcome, "suppressed")]
    assert not OwnRule.objects.exists()

    rule = own_rules.add(draft=draft, by="staff:1", now=now)
    after = come_back(before.delivery, words=words, status="5.0.0", salt="again")
    assert (after.outcome, after.rule) == (Finding.Outcome.SUPPRESSED, str(rule))
    before.refresh_from_db()
    assert before.outcome != Finding.Outcome.SUPPRESSED, "what was judged stays as it is"
    acting.undo(finding=after, why="She wrote.", by="staff:1", now=now)
    assert not Suppression.objects.exists()

    own_rules.remove(rule=rule, by="staff:1", now=now)
    assert policies.current().own == ()
    own_rules.put_back(rule=rule, by="staff:1", now=now)
    own_rules.put_back(rule=rule, by="staff:1", now=now)
    assert [each.name for each in policies.current().own] == [str(rule)]
    kept = Entry.objects.filter(action__startswith="bounces.rule").order_by("id").values_list("action", flat=True)
    assert list(kept) == ["bounces.rule_added", "bounces.rule_removed", "bounces.rule_put_back"]


@pytest.mark.django_db
def test_a_provider_stands_for_all_its_domains_and_the_order_can_be_changed(now: datetime) -> None:
    first = own_rules.add(draft=Draft("noted", "First.", domain="google"), by="staff:1", now=now)
    second = own_rules.add(draft=Draft("counted", "Second.", domain="gmail.com"), by="staff:1", now=now)
    case = changed(LEFT, domain="googlemail.com")
    assert rules.judge(case, policies.current()).name == str(first)
    own_rules.move_up(rule=second, by="staff:1", now=now)
    own_rules.move_up(rule=second, by="staff:1", now=now)
    assert [each.name for each in policies.current().own] == [str(second), str(first)]


@pytest.mark.django_db
def test_a_shipped_rule_is_turned_off_and_on_but_none_that_protects_readers(now: datetime) -> None:
    for rule in rules.RULES:
        if not rule.may_be_off:
            with pytest.raises(BadRule, match="cannot be turned off"):
                own_rules.turn(name=rule.name, off=True, by="staff:1", now=now)
    own_rules.turn(name="dead at once", off=True, by="staff:1", now=now)
    assert policies.current().off == {"dead at once"}
    policies.change(thresholds=Thresholds(repeats=3), by="staff:1", now=now)
    assert policies.current().off == {"dead at once"}, "numbers and rules are changed apart"
    own_rules.turn(name="dead at once", off=False, by="staff:1", now=now)
    assert policies.current().off == frozenset()
