"""What readers who agreed opened and followed, at the desk: in the report, on their page, in segments."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.audience.models import Segment, TrackingConsent
from masthead.audit.models import Entry
from masthead.delivery.models import Campaign, Delivery
from masthead.team.roles import Role
from masthead.tracking import forgetting
from masthead.tracking.models import Reading
from tests.web.admin.returns.test_what_came_back import sign_in_again_as
from tests.web.admin.test_office import publication_form
from tests.web.conftest import tracked_campaign

pytestmark = pytest.mark.django_db
TEXT = '<p><a href="https://example.org/tide">=Tide tables</a> <a href="https://example.org/map">Map</a></p>'


@pytest.fixture
def tracked(publication: Any, reader: Any, make_subscriber: Any, mailing_list: Any, now: datetime) -> Campaign:
    """Rosa and Nina agreed and opened it, Rosa followed a link; a program fetched Nina's pixel. Sam did not agree."""
    campaign: Campaign = tracked_campaign(publication, text=TEXT, now=now)
    nina, sam = (make_subscriber(f"{name}@example.org", mailing_list) for name in ("nina", "sam"))
    (tide,) = [each["number"] for each in campaign.edition.links if each["url"] == "https://example.org/tide"]
    for each in (reader, nina, sam):
        Delivery.objects.create(campaign=campaign, subscriber=each, state=Delivery.State.ACCEPTED, at=1_795_000_000)
    for each in (reader, nina):
        TrackingConsent.objects.create(subscriber=each, publication=publication.pk, since=now - timedelta(days=7))
    for who, number, day, programs in ((reader, 0, 0, 0), (reader, tide, 0, 0), (nina, 0, 1, 3)):
        at = now + timedelta(days=day)
        Reading.objects.create(
            campaign=campaign, subscriber=who, number=number, times=2, programs=programs, first_at=at, last_at=at
        )
    return campaign


def test_the_level_is_chosen_for_a_publication(owner_at_desk: Client, publication: Any) -> None:
    data = publication_form(owner_at_desk, publication)
    assert owner_at_desk.post(f"/desk/publications/{publication.pk}/", data | {"measuring": "readers"}).status_code == 302
    publication.refresh_from_db()
    assert publication.tracks_readers


def test_the_report_shows_how_many_of_those_who_agreed_opened_it(owner_at_desk: Client, tracked: Campaign) -> None:
    address = reverse("desk_report_of_issue", args=[tracked.pk])
    page = owner_at_desk.get(address)
    read = page.context["read"]
    assert (read.agreed, read.opened, read.opened_share, read.followed, read.programs) == (2, 2, 100, 1, 3)
    assert [(bar.day.people, bar.high) for bar in page.context["read_plot"].bars] == [(1, 100), (1, 100)]
    assert "Opened by readers who agreed" in page.text
    assert "rosa@example.org" not in page.text
    tracked.tracks_readers = False
    tracked.save(update_fields=["tracks_readers"])
    assert "Opened by readers who agreed" not in owner_at_desk.get(address).text


def test_the_report_says_when_only_the_figures_are_left(owner_at_desk: Client, tracked: Campaign, now: datetime) -> None:
    forgetting.forget(now=now + timedelta(days=91))
    page = owner_at_desk.get(reverse("desk_report_of_issue", args=[tracked.pk]))
    assert (page.context["read"].agreed, page.context["read"].opened) == (None, None)
    assert "it was deleted who they were" in page.text


def test_the_figures_are_exported_without_readers(at_desk: Callable[..., Client], tracked: Campaign, now: datetime) -> None:
    address, editor = reverse("desk_report_readers", args=[tracked.pk]), at_desk(Role.EDITOR)
    body = b"".join(editor.post(address).streaming_content).decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(body))
    assert heading == ["what", "link", "url", "text", "day", "readers"]
    assert [[row[0], row[5]] for row in rows[:4]] == [["agreed", "2"], ["opened", "2"], ["followed", "1"], ["programs", "3"]]
    assert ["'=Tide tables", "1"] in [[row[3], row[5]] for row in rows if row[0] == "link"]
    assert [row[4:] for row in rows if row[0] == "day"] == [
        [str(now.date()), "1"],
        [str(now.date() + timedelta(days=1)), "1"],
    ]
    assert "@" not in body
    assert Entry.objects.get(action="report.exported").details == {"part": "readers"}
    assert editor.get(address).status_code == 405
    assert at_desk(Role.READER_CARE).post(address).status_code == 403
    Campaign.objects.update(tracks_readers=False)
    assert editor.post(address).status_code == 404


def test_a_readers_page_shows_what_they_did_only_if_they_agreed(
    owner_at_desk: Client, tracked: Campaign, reader: Any, django_assert_max_num_queries: Any
) -> None:
    address = reverse("desk_reader", args=[reader.pk])
    owner_at_desk.get(address)
    with django_assert_max_num_queries(20 + 8):  # eight are of signing in
        page = owner_at_desk.get(address).text
    assert "opened 22 Nov 2026" in page
    assert "=Tide tables" in page
    assert "Agreed on 15 Nov 2026" in page
    sam = Delivery.objects.get(subscriber__address="sam@example.org").subscriber_id
    page = owner_at_desk.get(reverse("desk_reader", args=[sam])).text
    assert "this reader did not agree to tracking" in page
    assert "opened 22" not in page


def test_a_readers_page_says_nothing_of_tracking_where_nobody_is_tracked(owner_at_desk: Client, reader: Any) -> None:
    assert "tracking" not in owner_at_desk.get(reverse("desk_reader", args=[reader.pk])).text.casefold()


def test_the_data_of_a_reader_holds_it(owner_at_desk: Client, tracked: Campaign, reader: Any) -> None:
    sign_in_again_as(owner_at_desk)
    answer = owner_at_desk.post(reverse("desk_reader_data", args=[reader.pk]))
    held = json.loads(answer.content)["tracking"]
    assert [each["publication"] for each in held["agreed"]] == ["The Courier"]
    assert [each["url"] for each in held["mails"][0]["links"]] == ["https://example.org/tide"]


def test_a_segment_of_those_who_followed_a_link_is_built_in_rows(owner_at_desk: Client, tracked: Campaign) -> None:
    url, issue = reverse("desk_segment_new"), str(tracked.edition.issue_id)
    form = {"name": "Tide", "mode": "all", "mode-0": "all", "new-0": "read_link", "act": "add:0"}
    page = owner_at_desk.post(url, form).text
    assert "Only readers who agreed to tracking can be found by this" in page
    assert 'type="checkbox" name="to-0.0" value="https://example.org/tide"' in page
    row = {"if-0.0": "read_link", "of-0.0": issue, "is-0.0": "any", "to-0.0": ["https://example.org/tide"]}
    assert "<b>1</b> reader fits now" in owner_at_desk.post(url, form | row | {"act": "count"}).text
    owner_at_desk.post(url, form | row | {"act": "save"})
    made = Segment.objects.get()
    leaf = {"if": "read_link", "is": "any", "of": issue, "to": ["https://example.org/tide"], "called": "The Courier No. 1971"}
    assert made.rule == {"all": [{"all": [leaf]}]}
    row = {"if-0.0": "read", "of-0.0": issue, "is-0.0": "opened"}
    assert "<b>2</b> readers fit now" in owner_at_desk.post(url, form | row | {"act": "count"}).text
