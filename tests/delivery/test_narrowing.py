"""A campaign to a part of its lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience import defining
from masthead.audience.models import Attribute, MailingList, Segment, Subscription
from masthead.audience.segments import saving, tree
from masthead.audience.segments.compiling import Compiler, SegmentBroken
from masthead.audit.models import Entry
from masthead.delivery import campaigns, narrowing, starting
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.models import Edition, Issue

pytestmark = pytest.mark.django_db


def segment(name: str, rule: dict[str, Any], now: datetime) -> Segment:
    return saving.create(name=name, rule=tree.read(rule), by="system", now=now)


@pytest.fixture
def four(make_subscriber: Any, mailing_list: MailingList, now: datetime) -> None:
    for number, city in enumerate(["Lyon", "Lyon", "Nice", '100% "O\'Hara"']):
        make_subscriber(f"r{number}@example.org", mailing_list, attributes={"city": city}, language="fr" if number % 2 else "en")
    make_subscriber("gone@example.org", mailing_list, state="left", attributes={"city": "Lyon"})
    make_subscriber("elsewhere@example.org", None, attributes={"city": "Lyon"})
    defining.create(kind="text", label="City", by="system", now=now)


def started(campaign: Campaign, part: narrowing.Narrowing, now: datetime) -> str:
    narrowing.keep(campaign, part)
    starting.start(campaign_id=campaign.pk, now=now)
    rows = Delivery.objects.filter(campaign=campaign, subscriber__isnull=False).order_by("subscriber")
    campaign.refresh_from_db()
    return " ".join(row.subscriber.address.partition("@")[0] for row in rows if row.subscriber)


def by_city(city: str, name: str, now: datetime) -> Segment:
    return segment(name, {"if": "attribute", "of": "city", "is": "equal", "to": city}, now)


def test_only_subscribed_readers_of_a_segment_get_a_row(campaign: Campaign, four: None, now: datetime) -> None:
    assert started(campaign, narrowing.of([by_city("Lyon", "Lyon", now)]), now) == "r0 r1"
    assert campaign.audience == 2


def test_several_segments_add_up_and_exclusions_go_first(campaign: Campaign, four: None, now: datetime) -> None:
    french = segment("French", {"if": "language", "is": "equal", "to": "fr"}, now)
    part = narrowing.of([by_city("Lyon", "Lyon", now), by_city("Nice", "Nice", now)], [french])
    assert started(campaign, part, now) == "r0 r2"


def test_an_exclusion_alone_leaves_the_others_in(campaign: Campaign, four: None, now: datetime) -> None:
    assert started(campaign, narrowing.of([], [by_city("Lyon", "Lyon", now)]), now) == "r2 r3"


def test_values_with_quotes_and_percent_signs_stay_values(campaign: Campaign, four: None, now: datetime) -> None:
    odd = segment("Odd", {"if": "attribute", "of": "city", "is": "contains", "to": "0% \"O'"}, now)
    assert started(campaign, narrowing.of([odd]), now) == "r3"


def test_a_segment_with_nobody_sends_to_nobody(campaign: Campaign, four: None, now: datetime) -> None:
    assert started(campaign, narrowing.of([segment("None", {"any": []}, now)]), now) == ""
    assert (campaign.audience, campaign.attention[:6]) == (0, "Nobody")


def test_an_empty_rule_is_everybody_on_the_lists(campaign: Campaign, four: None, now: datetime) -> None:
    assert started(campaign, narrowing.of([segment("All", {"all": []}, now)]), now) == "r0 r1 r2 r3"


@pytest.mark.parametrize("excluded", [False, True])
def test_a_segment_whose_attribute_is_gone_says_so_and_sends_nothing(
    campaign: Campaign, four: None, now: datetime, excluded: bool
) -> None:
    lyon = by_city("Lyon", "Lyon", now)
    part = narrowing.of([], [lyon]) if excluded else narrowing.of([lyon])
    defining.delete(attribute=Attribute.objects.get(), by="system", now=now)
    assert started(campaign, part, now) == ""
    assert campaign.state == Campaign.State.DRAFT
    assert "“City” is gone" in campaign.attention
    assert Entry.objects.filter(action="campaign.missed").exists()


@pytest.mark.parametrize("excluded", [False, True])
def test_a_segment_that_was_deleted_meanwhile_says_so_and_sends_nothing(
    campaign: Campaign, four: None, now: datetime, excluded: bool
) -> None:
    lyon = by_city("Lyon", "Lyon", now)
    narrowing.keep(campaign, narrowing.of([], [lyon]) if excluded else narrowing.of([lyon]))
    assert list(narrowing.waiting_for(lyon)) == [campaign]
    saving.delete(segment=lyon, by="system", now=now)
    starting.start(campaign_id=campaign.pk, now=now)
    campaign.refresh_from_db()
    assert (campaign.state, Delivery.objects.count()) == (Campaign.State.DRAFT, 0)
    assert "“Lyon” cannot be used" in campaign.attention


def test_in_and_out_at_once_is_refused(four: None, now: datetime) -> None:
    lyon = by_city("Lyon", "Lyon", now)
    with pytest.raises(SegmentBroken, match="at once"):
        narrowing.of([lyon], [lyon])


def test_the_ledger_can_be_asked(campaign: Campaign, edition: Edition, four: None, now: datetime) -> None:
    everybody = started(campaign, narrowing.EVERYBODY, now)
    assert everybody == "r0 r1 r2 r3"
    rows = list(Delivery.objects.filter(campaign=campaign).order_by("subscriber"))
    for row, state in zip(rows, (Delivery.State.ACCEPTED, Delivery.State.REJECTED, Delivery.State.EXPIRED), strict=False):
        Delivery.objects.filter(pk=row.pk).update(state=state)

    def ask(operator: str) -> str:
        leaf = {"if": "issue", "of": str(edition.issue_id), "is": operator}
        found = Compiler(now=now).of_rule(tree.read(leaf)).order_by("pk")
        return " ".join(reader.address.partition("@")[0] for reader in found)

    assert ask("accepted") == "r0"
    assert ask("refused") == "r1 r2"
    assert ask("missed") == "r1 r2 r3 gone elsewhere"
    named = segment("Missed it", {"if": "issue", "of": str(edition.issue_id), "is": "missed"}, now)
    assert saving.in_words(tree.read(named.rule), Compiler(now=now)) == "was not reached by “The Courier No. 1971”"
    for unknown in (str(edition.issue_id + 99), "1' OR '1'='1", "9" * 40):
        with pytest.raises(SegmentBroken, match="gone"):
            Compiler(now=now).of_rule(tree.read({"if": "issue", "of": unknown, "is": "accepted"}))


def test_the_same_issue_to_another_part_is_another_campaign_and_nobody_gets_it_twice(
    publication: Any, mailing_list: MailingList, four: None, now: datetime
) -> None:
    issue = Issue.objects.create(publication=publication, title="The ferry runs again", planned_number=1971)
    lyon = narrowing.of([by_city("Lyon", "Lyon", now)])

    def send(part: narrowing.Narrowing) -> Campaign:
        return campaigns.publish_and_send(issue=issue, lists=[mailing_list], part=part, starts_at=None, by="staff:1", now=now)

    first = send(lyon)
    assert send(lyon) == first
    starting.start(campaign_id=first.pk, now=now)
    rest = send(narrowing.EVERYBODY)
    assert rest != first
    starting.start(campaign_id=rest.pk, now=now + timedelta(minutes=1))
    assert [Delivery.objects.filter(campaign=each).count() for each in (first, rest)] == [2, 2]
    assert {row.name for row in first.segments.all()} == {"Lyon"}


def test_a_part_with_nobody_in_it_is_refused_before_anything_is_frozen(
    publication: Any, mailing_list: MailingList, four: None, now: datetime
) -> None:
    issue = Issue.objects.create(publication=publication, title="The ferry runs again", planned_number=1971)
    nobody = narrowing.of([segment("Nobody", {"if": "source", "is": "equal", "to": "the moon"}, now)])
    with pytest.raises(campaigns.NobodyFits):
        campaigns.publish_and_send(issue=issue, lists=[mailing_list], part=nobody, starts_at=None, by="staff:1", now=now)
    assert not Edition.objects.exists()
    assert Subscription.objects.filter(state="active").count() == 4
