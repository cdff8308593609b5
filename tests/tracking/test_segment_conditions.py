"""Segments of readers who opened an issue, followed its links, or one of them: of those who agreed, and of nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience.models import Subscriber
from masthead.audience.segments import naming, saving, tree
from masthead.audience.segments.compiling import Compiler, SegmentBroken
from masthead.audience.segments.conditions import registry
from masthead.audience.segments.tree import BadRule
from masthead.delivery.models import Campaign, Delivery
from masthead.tracking import counting
from masthead.tracking.machines import Followed
from tests.web.conftest import publish_edition

pytestmark = pytest.mark.django_db
Sent, Did, Number = Callable[..., Delivery], Callable[..., Followed], Callable[[int], int]


def ask(now: datetime, **leaf: object) -> str:
    """Who fits, as the first letters of their addresses; counting agrees."""
    rule = tree.read({("if" if name == "condition" else name): value for name, value in leaf.items()})
    compiler = Compiler(now=now)
    found = sorted(address[0] for address in compiler.of_rule(rule).values_list("address", flat=True))
    assert compiler.count(rule) == len(found)
    everybody = {each[0] for each in Subscriber.objects.values_list("address", flat=True)}
    others = compiler.of_rule(tree.Not(rule)).values_list("address", flat=True)
    assert {each[0] for each in others} == everybody - set(found)
    return "".join(found)


@pytest.fixture
def four(sent: Sent, did: Did, number_of: Number) -> None:
    """Ada opened it, Ben followed 1 and 2, Cleo did nothing, Dan did not agree, Eve's mail was fetched by a program."""
    ada, ben, _cleo, dan, eve = (
        sent(f"{name}@example.org", agreed=name != "dan") for name in ("ada", "ben", "cleo", "dan", "eve")
    )
    counting.count(
        [did(ada), did(ben, number_of(1)), did(ben, number_of(2)), did(ben, number_of(2)), did(dan), did(eve, browser="")]
    )


@pytest.mark.parametrize(("operator", "expected"), [("opened", "ab"), ("followed", "b"), ("unopened", "ce")])
def test_whom_each_operator_finds(four: None, tracked: Campaign, now: datetime, operator: str, expected: str) -> None:
    assert ask(now, condition="read", of=str(tracked.edition.issue_id), **{"is": operator}) == expected


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (["https://example.org/1"], "b"),
        (["https://example.org/3"], ""),
        (["https://example.org/3", "https://example.org/2"], "b"),
    ],
)
def test_who_followed_one_of_these_links(four: None, tracked: Campaign, now: datetime, links: list[str], expected: str) -> None:
    assert ask(now, condition="read_link", of=str(tracked.edition.issue_id), to=links, **{"is": "any"}) == expected


def test_all_sendings_of_the_issue_count_and_those_of_others_do_not(
    four: None, tracked: Campaign, publication: Any, sent: Sent, did: Did, now: datetime
) -> None:
    again = publish_edition(
        publication, 1971, "Tides", text='<p><a href="https://example.org/2">two</a></p>', version=2, issue=tracked.edition.issue
    )
    other = publish_edition(publication, 1972, "Ferries", text='<p><a href="https://example.org/2">two</a></p>')
    for edition, name in ((again, "fay"), (other, "gil")):
        same = {"state": "finished", "mail_mode": "full", "tracks_readers": True, "shared_links": True, "by": "x"}
        campaign = Campaign.objects.create(edition=edition, started_at=now, created_at=now, **same)
        number = next(each["number"] for each in edition.links if each["url"] == "https://example.org/2")
        counting.count([did(sent(f"{name}@example.org", campaign=campaign), number)])
    of = str(tracked.edition.issue_id)
    assert ask(now, condition="read_link", of=of, to=["https://example.org/2"], **{"is": "any"}) == "bf"
    assert ask(now, condition="read", of=of, **{"is": "opened"}) == "abf"


def test_who_agreed_after_it_was_sent_is_not_taken_for_one_who_did_not_open_it(
    tracked: Campaign, sent: Sent, agree: Callable[..., None], now: datetime
) -> None:
    late = sent("late@example.org", agreed=False)
    agree(late.subscriber, at=now + timedelta(hours=1))
    sent("text@example.org")
    Subscriber.objects.filter(address="text@example.org").update(mail_format="text")
    assert ask(now, condition="read", of=str(tracked.edition.issue_id), **{"is": "unopened"}) == ""


def test_a_rule_by_hand_names_the_issue_and_says_what_it_is(four: None, tracked: Campaign, now: datetime) -> None:
    rule = naming.by_names(tree.read({"if": "read", "of": "The Courier No. 1971", "is": "opened"}), now=now)
    assert isinstance(rule, tree.Leaf)
    assert rule.subject == str(tracked.edition.issue_id)
    words = saving.in_words(rule, Compiler(now=now))
    assert words == "opened “The Courier No. 1971”, or followed a link of it"


@pytest.mark.parametrize("words", ["'; DROP TABLE tracking_reading; --", "1) OR 1=1", "%s", "https://example.org/99"])
def test_only_links_and_issues_that_there_are_can_be_asked_for(four: None, tracked: Campaign, now: datetime, words: str) -> None:
    of = str(tracked.edition.issue_id)
    with pytest.raises(BadRule):
        ask(now, condition="read_link", of=of, to=[words], **{"is": "any"})
    for condition, more in (("read", {"is": "opened"}), ("read_link", {"is": "any", "to": ["https://example.org/1"]})):
        with pytest.raises(SegmentBroken, match="is gone, or it was not kept"):
            ask(now, condition=condition, of=words, **more)


def test_values_are_parameters(four: None, tracked: Campaign, now: datetime) -> None:
    rule = tree.read({"if": "read_link", "of": str(tracked.edition.issue_id), "is": "any", "to": ["https://example.org/1"]})
    sql, _params = Compiler(now=now).of_rule(rule).order_by().values("pk").query.sql_with_params()
    assert "example.org" not in sql


def test_an_issue_that_tells_nobody_apart_cannot_be_chosen(tracked: Campaign) -> None:
    condition = registry.get("read")
    assert condition is not None
    assert condition.subjects is not None
    assert list(condition.subjects()) == [str(tracked.edition.issue_id)]
    Campaign.objects.update(tracks_readers=False)
    assert list(condition.subjects()) == []


def test_addresses_too_long_for_a_rule_are_chosen_by_their_hash(publication: Any, tracked: Campaign, now: datetime) -> None:
    url = "https://example.org/" + "x" * 400
    edition = publish_edition(
        publication, 1973, "Long", text=f'<p><a href="{url}">long</a> <a href="https://x.example/;a">b</a></p>'
    )
    Campaign.objects.create(
        edition=edition, started_at=now, created_at=now, tracks_readers=True, state="finished", mail_mode="full", by="x"
    )
    condition = registry.get("read_link")
    assert condition is not None
    assert condition.subjects is not None
    choices = condition.operators(condition.subjects()[str(edition.issue_id)])["any"].choices
    keys = [key for key, _words in choices]
    assert all(len(key) <= 320 and ";" not in key for key in keys)
    assert sum(key.startswith("sha256:") for key in keys) == 2
    ask(now, condition="read_link", of=str(edition.issue_id), to=keys, **{"is": "any"})
