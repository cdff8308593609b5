"""The screen of the staff's own rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from masthead.bounces import policies
from masthead.bounces.models import Finding, OwnRule
from masthead.cli.main import masthead
from masthead.delivery.models import Campaign
from masthead.team.models import Role

pytestmark = pytest.mark.django_db
RULE = {"phrase": "went to sea", "verdict": "suppressed", "why": "Sailors do not come back."}


def after_a_look(client: Client, url: str, values: dict[str, str], first: str = "") -> Any:
    """Post `values` with the mark of the page that asks."""
    looked = client.post(url, values | ({"act": first} if first else {})).context["looked"]
    return client.post(url, values | {"sure": looked})


@pytest.fixture
def sailor(campaign: Campaign, reader: Any, deliver: Any, come_back: Any) -> Finding:
    """A bounce whose words no shipped rule takes for a dead address."""
    found: Finding = come_back(deliver(campaign, reader), words="550 5.0.0 <b>Ada</b> went to sea", status="5.0.0")
    return found


def test_a_rule_is_tried_on_what_came_back_then_kept_and_removed(owner_at_desk: Client, sailor: Finding) -> None:
    url = reverse("desk_own_rules")
    tried = owner_at_desk.post(url, RULE | {"act": "try"})
    assert tried.context["tried"]["count"] == 1
    assert "<b>Ada" not in tried.content.decode()
    assert not OwnRule.objects.exists()
    assert after_a_look(owner_at_desk, url, RULE | {"act": "keep"}, first="try").status_code == 302
    rule = OwnRule.objects.get()
    change = reverse("desk_own_rule_change", args=[rule.pk])
    asked = owner_at_desk.post(change, {"act": "remove"})
    assert asked.context["tried"]["count"] == 1
    assert policies.current().own, "it is looked at first"
    after_a_look(owner_at_desk, change, {"act": "remove"})
    assert not policies.current().own
    assert "Put back" in owner_at_desk.get(url).content.decode()
    assert owner_at_desk.post(change, {"act": "back"}).context["tried"]["count"] == 1
    after_a_look(owner_at_desk, change, {"act": "back"})
    assert RULE["why"] in owner_at_desk.get(url).content.decode()
    Finding.objects.filter(pk=sailor.pk).update(rule=str(rule))
    assert RULE["why"] in owner_at_desk.get(reverse("desk_finding", args=[sailor.pk])).content.decode()


def test_a_rule_is_changed_in_its_place_and_old_findings_still_say_why(owner_at_desk: Client, sailor: Finding) -> None:
    url = reverse("desk_own_rules")
    for values in (RULE, RULE | {"phrase": "ran away", "why": "Others."}):
        after_a_look(owner_at_desk, url, values | {"act": "keep"}, first="try")
    first, second = OwnRule.objects.all()
    Finding.objects.filter(pk=sailor.pk).update(rule=str(first))
    edit = reverse("desk_own_rule", args=[first.pk])
    assert 'value="went to sea"' in owner_at_desk.get(edit).content.decode()
    milder = RULE | {"verdict": "counted", "why": "Some do come back."}
    assert owner_at_desk.post(edit, milder | {"act": "keep"}).status_code == 200, "it is looked at first"
    assert owner_at_desk.post(edit, milder | {"act": "try"}).context["tried"]["count"] == 1
    assert after_a_look(owner_at_desk, edit, milder | {"act": "keep"}, first="try").status_code == 302
    assert [own.why for own in policies.current().own] == ["Some do come back.", "Others."]
    assert RULE["why"] in owner_at_desk.get(reverse("desk_finding", args=[sailor.pk])).content.decode()
    assert owner_at_desk.get(edit).status_code == 302, "what was removed is put back before it is changed"
    other = reverse("desk_own_rule", args=[second.pk])
    page = after_a_look(owner_at_desk, other, milder | {"act": "keep"}, first="try")
    assert "such a rule already" in page.content.decode()


def test_nothing_changes_for_a_post_made_by_hand(owner_at_desk: Client) -> None:
    rules, turn = reverse("desk_own_rules"), reverse("desk_shipped_rule")
    looked = owner_at_desk.post(rules, RULE | {"act": "try"}).context["looked"]
    other = RULE | {"phrase": "went to", "act": "keep", "sure": looked}
    for hand_made in (RULE | {"act": "keep"}, RULE | {"act": "keep", "sure": "1"}, other):
        page = owner_at_desk.post(rules, hand_made)
        assert page.status_code == 200
        assert "Look at what would be different first" in page.content.decode()
    assert not OwnRule.objects.exists()
    owner_at_desk.post(turn, {"name": "dead at once", "act": "off", "sure": looked})
    assert not policies.current().off
    after_a_look(owner_at_desk, rules, RULE | {"act": "keep"}, first="try")
    change = reverse("desk_own_rule_change", args=[OwnRule.objects.get().pk])
    owner_at_desk.post(change, {"act": "remove", "sure": "1"})
    assert policies.current().own


def test_what_can_never_cost_a_reader_is_refused_on_the_screen(owner_at_desk: Client) -> None:
    for act in ("try", "keep"):
        page = owner_at_desk.post(reverse("desk_own_rules"), RULE | {"reason": "mailboxfull", "act": act})
        assert "never suppress a reader" in page.content.decode()
    assert not OwnRule.objects.exists()


def test_a_shipped_rule_is_turned_off_after_a_look(owner_at_desk: Client) -> None:
    url, name = reverse("desk_shipped_rule"), {"name": "dead at once"}
    assert "Turn this rule off?" in owner_at_desk.post(url, name | {"act": "off"}).content.decode()
    assert not policies.current().off
    after_a_look(owner_at_desk, url, name | {"act": "off"})
    assert policies.current().off == {"dead at once"}
    refused = owner_at_desk.post(url, {"name": "complaint", "act": "off", "sure": "1"}, follow=True)
    assert "cannot be turned off" in refused.content.decode()
    assert policies.current().off == {"dead at once"}


def test_only_the_owner_makes_rules(at_desk: Callable[[Role], Client], owner_at_desk: Client) -> None:
    after_a_look(owner_at_desk, reverse("desk_own_rules"), RULE | {"act": "keep"}, first="try")
    rule = OwnRule.objects.get()
    for role in (Role.EDITOR, Role.AUTHOR, Role.READER_CARE):
        client = at_desk(role)
        assert client.get(reverse("desk_own_rules")).status_code == 403
        assert client.post(reverse("desk_own_rules"), RULE | {"act": "keep"}).status_code == 403
        assert client.post(reverse("desk_shipped_rule"), {"name": "delay", "act": "off", "sure": "1"}).status_code == 403
        remove = {"act": "remove", "sure": "1"}
        assert client.post(reverse("desk_own_rule_change", args=[rule.pk]), remove).status_code == 403
    assert OwnRule.objects.filter(removed_at=None).count() == 1
    assert not policies.current().off


def test_the_command_line_lists_all_rules_in_their_order(owner_at_desk: Client) -> None:
    after_a_look(owner_at_desk, reverse("desk_own_rules"), RULE | {"act": "keep"}, first="try")
    rows = [json.loads(line) for line in CliRunner().invoke(masthead, ["bounces", "rules", "--json"]).output.splitlines()]
    own = next(row for row in rows if row["own"])
    assert own["conditions"] == {"phrase": "went to sea"}
    assert [row["rule"] for row in rows].index("complaint") < own["place"] - 1
    assert rows[own["place"]]["rule"] == "delay"
    assert "[phrase went to sea]" in CliRunner().invoke(masthead, ["bounces", "rules"]).output
