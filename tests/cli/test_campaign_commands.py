"""Campaigns, issues and publications on the command line."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner

from masthead.audience.models import MailingList, Subscriber, TrackingConsent
from masthead.cli.main import masthead
from masthead.delivery.models import Campaign
from masthead.tracking.models import LinkCount, Reading
from tests.campaigns import under_way

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(publication: Any, mailing_list: MailingList, now: datetime) -> Campaign:
    """No. 1971, being sent to nobody yet."""
    return under_way(publication, mailing_list, now)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(masthead, arguments)
    return result.exit_code, result.output


def test_a_campaign_is_paused_resumed_and_cancelled_by_its_number(campaign: Campaign) -> None:
    assert "No. 1971  sending  0 of 0 answered" in run("campaign", "list")[1]
    for verb, state in (("pause", "paused"), ("pause", "paused"), ("resume", "sending")):
        code, said = run("campaign", verb, "1971", "--json")
        assert (code, [each["state"] for each in json.loads(said)]) == (0, [state])
    assert run("campaign", "cancel", "1971")[0] != 0, "asked, and nobody said yes"
    assert "No. 1971: cancelled" in run("campaign", "cancel", "1971", "--yes")[1]
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.CANCELLED


def test_a_scheduled_campaign_is_taken_back(campaign: Campaign) -> None:
    Campaign.objects.update(state=Campaign.State.SCHEDULED)
    assert "No. 1971: draft" in run("campaign", "undo", "1971")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pause", "1972"), "No. 1972 was never sent"),
        (("undo", "1971"), "No campaign of No. 1971 is in a state for that: sending"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_state(campaign: Campaign, arguments: tuple[str, ...], words: str) -> None:
    code, said = run("campaign", *arguments)
    assert code == 1
    assert words in said


def test_publications_and_issues_are_listed(campaign: Campaign) -> None:
    slug = campaign.edition.publication.slug
    assert [each["slug"] for each in json.loads(run("publication", "list", "--json")[1])] == [slug]
    assert slug in run("publication", "list")[1]
    (issue,) = json.loads(run("issue", "list", "--json")[1])
    assert (issue["number"], issue["taken"], issue["public_from"]) == (1971, True, None)
    assert "No. 1971  The ferry runs again  not public" in run("issue", "list")[1]


def test_one_reader_is_shown_and_erased(make_subscriber: Any, mailing_list: MailingList) -> None:
    make_subscriber("ada@example.org", mailing_list)
    assert json.loads(run("reader", "show", "ADA@example.org")[1])["address"] == "ada@example.org"
    assert run("reader", "erase", "ada@example.org")[0] != 0, "asked, and nobody said yes"
    assert Subscriber.objects.exists()
    assert "Erased" in run("reader", "erase", "ada@example.org", "--yes")[1]
    assert not Subscriber.objects.exists()
    assert "No reader has the address" in run("reader", "show", "ada@example.org")[1]


def test_clicks_are_told_from_ten_on_and_only_where_they_are_counted(campaign: Campaign, now: datetime) -> None:
    assert "are not counted" in run("campaign", "clicks", "1971")[1]
    campaign.shared_links = True
    campaign.save(update_fields=["shared_links"])
    LinkCount.objects.create(campaign=campaign, number=0, day=now.date(), people=12, machines=3)
    assert "12 visitors  < 10 requests of programs  any link" in run("campaign", "clicks", "1971")[1]
    status, said = run("campaign", "clicks", "1971", "--json")
    (found,) = json.loads(said)
    assert (status, found["counted"], found["together"]["people"], found["together"]["machines"]) == (0, True, 12, None)
    assert found["days"] == [{"first": str(now.date()), "people": 12, "is_rest": False}]
    assert f"12 visitors  any link, on {now.date()}" in run("campaign", "clicks", "1971")[1]
    heading, together, *_links, day = run("campaign", "clicks", "1971", "--csv")[1].splitlines()
    assert heading.endswith('"day","link","url","text","visitors","programs"')
    assert (together, day) == (
        f'"{campaign.pk}","","0","","","12",""',
        f'"{campaign.pk}","{now.date()}","0","","","12",""',
    )


def test_opens_are_told_only_where_readers_were_asked(campaign: Campaign, now: datetime, make_subscriber: Any) -> None:
    assert "No reader of No. 1971 was tracked" in run("campaign", "opens", "1971")[1]
    campaign.tracks_readers = True
    campaign.started_at = now
    campaign.save(update_fields=["tracks_readers", "started_at"])
    ada = make_subscriber("ada@example.org")
    TrackingConsent.objects.create(subscriber=ada, publication=campaign.edition.publication_id, since=now)
    Reading.objects.create(campaign=campaign, subscriber=ada, number=0, times=1, programs=4, first_at=now, last_at=now)
    said = run("campaign", "opens", "1971")[1]
    assert "1  opened\n" in said
    assert f"1  opened first on {now.date()}" in said
    assert "ada" not in said
    (found,) = json.loads(run("campaign", "opens", "1971", "--json")[1])
    assert (found["tracked"], found["opened"], found["followed"], found["programs"]) == (True, 1, 0, 4)
    heading, agreed, opened, *_more = run("campaign", "opens", "1971", "--csv")[1].splitlines()
    assert heading.endswith('"what","link","url","text","day","readers"')
    assert (agreed, opened) == (f'"{campaign.pk}","agreed","","","","","0"', f'"{campaign.pk}","opened","","","","","1"')
