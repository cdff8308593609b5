"""Home: the last issue, and the lamp that says whether all is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from masthead.audience import consent
from masthead.audience.models import MailingList, Subscriber
from masthead.audience.segments import saving, tree
from masthead.bounces.models import Alarm, Mailbox
from masthead.delivery import narrowing
from masthead.delivery.models import Campaign
from masthead.issues.models import Issue, TakenNumber
from masthead.mail.models import SingleMail, Transport
from masthead.team.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(publish: Any, deliver: Any, reader: Subscriber, mailing_list: MailingList) -> Campaign:
    """No. 7, sent two days ago."""
    campaign: Campaign = deliver(publish(7), reader, mailing_list).campaign
    at = timezone.now() - timedelta(days=2)
    Campaign.objects.update(started_at=at, finished_at=at)
    return campaign


def home(client: Client) -> Tag:
    return BeautifulSoup(client.get("/desk/").content, "html.parser")


def lamp(client: Client) -> tuple[str, list[str]]:
    """Its badge and where its words lead."""
    (found,) = home(client).select(".desk-health")
    return found.select(".desk-badge")[0].get_text(), [str(link["href"]) for link in found.select("a")]


def test_the_last_issue_says_who_joined_and_left_since(
    owner_at_desk: Client, sent: Campaign, reader: Subscriber, make_subscriber: Any, mailing_list: MailingList
) -> None:
    now = timezone.now()
    for number in range(3):
        new = make_subscriber(f"new{number}@example.org")
        consent.add_by_staff(subscriber=new, lists=[mailing_list], reason="By phone.", by="staff:1", now=now)
    consent.withdraw(subscriber=reader, how="one-click", by="reader", now=now)
    sums = {each.span.get_text(): each.b.get_text() for each in home(owner_at_desk).select(".desk-sum li")}
    assert (sums["joined since"], sums["left since"]) == ("3", "1")


def test_the_lamp_says_that_all_is_well(owner_at_desk: Client, at_desk: Callable[[Role], Client], sent: Campaign) -> None:
    assert lamp(owner_at_desk) == ("All is well", [reverse("desk_doctor")])
    assert lamp(at_desk(Role.AUTHOR)) == ("All is well", [])


def test_the_lamp_names_what_is_not_well_with_the_way_there(
    owner_at_desk: Client, at_desk: Callable[[Role], Client], sent: Campaign
) -> None:
    now = timezone.now()
    Alarm.objects.create(campaign=sent, kind="refused", domain="hill.example", reason="", count=9, out_of=10, raised_at=now)
    box = Mailbox.objects.create(name="Returns", host="imap.example", user="a", refused=True, trouble="The password is wrong.")
    Transport.objects.create(
        name="Relay", kind="smtp", host="smtp.example", port=25, in_use=True, rests_until=now + timedelta(minutes=1), trouble="x"
    )
    late = now - timedelta(minutes=25)
    SingleMail.objects.create(
        kind="test", envelope_to="a@example.org", raw=b"", next_try_at=late, give_up_at=now, created_at=late
    )
    Campaign.objects.update(state=Campaign.State.PAUSED)
    servers = reverse("desk_transports")
    expected = [reverse("desk_campaign", args=[sent.pk]), servers, servers, reverse("desk_mailbox", args=[box.pk])]
    assert lamp(owner_at_desk) == ("Not well", [*expected, reverse("desk_alarms")])
    text = home(owner_at_desk).select_one(".desk-health").get_text()  # type: ignore[union-attr]
    assert "due for 25 minutes" in text and "hill.example" in text and "The sending of No. 7 is paused" in text
    assert lamp(at_desk(Role.AUTHOR)) == ("All is well", [])


def test_a_sending_that_nobody_begins_is_named(owner_at_desk: Client, sent: Campaign) -> None:
    Campaign.objects.update(state=Campaign.State.SCHEDULED, starts_at=timezone.now() - timedelta(minutes=11))
    assert lamp(owner_at_desk) == ("Not well", [reverse("desk_campaign", args=[sent.pk])])
    Campaign.objects.update(starts_at=timezone.now() - timedelta(minutes=9))
    assert lamp(owner_at_desk)[0] == "All is well"


def test_a_sending_that_could_not_begin_is_named_until_its_issue_is_sent(owner_at_desk: Client, sent: Campaign) -> None:
    Campaign.objects.update(state=Campaign.State.DRAFT, attention="Nothing was sent.", started_at=None, finished_at=None)
    nobody = saving.create(name="Nobody", rule=tree.read({"any": []}), by="staff:1", now=timezone.now())
    narrowing.keep(sent, narrowing.of([], [nobody]))
    there = reverse("desk_campaign", args=[sent.pk])
    assert lamp(owner_at_desk) == ("Not well", [there])
    assert "No. 7 was not sent when its time came" in home(owner_at_desk).get_text()
    page = owner_at_desk.get(there).text
    assert "Choose the readers anew" in page
    # What was chosen is chosen still: nobody should send to everybody by taking the way that is offered.
    (way,) = BeautifulSoup(page, "html.parser").select(".desk-news a.button")
    lists = "".join(f"&lists={pk}" for pk in sent.lists.values_list("pk", flat=True))
    assert (
        way["href"] == f"{reverse('desk_send', args=[sent.edition.issue_id])}?kept=1&mail_mode=full{lists}&excluded={nobody.pk}"
    )
    desk = BeautifulSoup(owner_at_desk.get(str(way["href"])).content, "html.parser")
    ticked = {(str(box["name"]), str(box["value"])) for box in desk.select("input[type=checkbox][checked]")}
    assert ("excluded", str(nobody.pk)) in ticked
    now = timezone.now()
    ended = {"state": "finished", "starts_at": now, "started_at": now, "finished_at": now, "created_at": now, "audience": 0}
    Campaign.objects.create(edition=sent.edition, mail_mode="full", by="staff:1", reach="missed", **ended)
    assert lamp(owner_at_desk)[0] == "All is well"
    Campaign.objects.exclude(pk=sent.pk).delete()
    Campaign.objects.update(attention="")
    assert lamp(owner_at_desk)[0] == "All is well"


def test_home_asks_as_much_for_many_readers_as_for_few(
    owner_at_desk: Client, sent: Campaign, make_subscriber: Any, mailing_list: MailingList
) -> None:
    counts = []
    for _round in range(2):
        for number in range(5):
            new = make_subscriber(f"new{len(counts)}-{number}@example.org")
            consent.add_by_staff(subscriber=new, lists=[mailing_list], reason="x", by="staff:1", now=timezone.now())
        owner_at_desk.get("/desk/")
        with CaptureQueriesContext(connection) as asked:
            owner_at_desk.get("/desk/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 50


def test_a_withdrawn_issue_is_no_draft(owner_at_desk: Client, issue: Issue) -> None:
    assert issue.title in owner_at_desk.get("/desk/").content.decode()
    Issue.objects.update(number=1970)
    TakenNumber.objects.create(
        publication=issue.publication, number=1970, issue=issue, taken_at=timezone.now(), withdrawn_at=timezone.now()
    )
    for address in ("/desk/", "/desk/issues/?state=draft"):
        assert issue.title not in owner_at_desk.get(address).content.decode()
    assert "Withdrawn" in owner_at_desk.get("/desk/issues/").content.decode()
