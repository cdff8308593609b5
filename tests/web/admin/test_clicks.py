"""What is counted of links, at the desk: chosen for a publication, shown in the report."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.audit.models import Entry
from masthead.delivery.models import Campaign
from masthead.team.roles import Role
from masthead.tracking.models import LinkCount
from tests.web.admin.test_office import publication_form
from tests.web.conftest import PUBLISHED, publish_edition

pytestmark = pytest.mark.django_db


def test_counting_is_chosen_for_a_publication_and_on_the_record(owner_at_desk: Client, publication: Any) -> None:
    data = publication_form(owner_at_desk, publication)
    assert data["measuring"] == "nothing"
    assert owner_at_desk.post(f"/desk/publications/{publication.pk}/", data | {"measuring": "links"}).status_code == 302
    publication.refresh_from_db()
    assert publication.measuring == "links"
    assert Entry.objects.filter(action="publication.changed").get().details == {"fields": ["measuring"]}


def test_the_report_shows_the_links_only_where_they_are_counted(owner_at_desk: Client, publication: Any, now: datetime) -> None:
    text = '<p><a href="https://example.org/tide">Tide tables</a> <a href="https://example.org/map">Map</a></p>'
    campaign = Campaign.objects.create(
        edition=publish_edition(publication, 1971, text=text, title="Tides"),
        state="finished",
        mail_mode="full",
        started_at=PUBLISHED,
        by="staff:1",
        created_at=PUBLISHED,
    )
    address = reverse("desk_report_of_issue", args=[campaign.pk])
    assert "Links that were followed" not in owner_at_desk.get(address).content.decode()
    campaign.shared_links = True
    campaign.save(update_fields=["shared_links"])
    numbers = {each["url"]: each["number"] for each in campaign.edition.links}
    for number, people in ((0, 43), (numbers["https://example.org/tide"], 41), (numbers["https://example.org/map"], 4)):
        LinkCount.objects.create(campaign=campaign, number=number, day=now.date(), people=people)
    page = owner_at_desk.get(address)
    shown = {each.url: each.people for each in page.context["clicks"].links}
    assert (shown["https://example.org/tide"], shown["https://example.org/map"]) == (41, None)
    assert ">41</b>" in page.content.decode()
    assert ">4</b>" not in page.content.decode()
    assert [(bar.day.people, bar.high) for bar in page.context["clicks_plot"].bars] == [(43, 100)]


def test_the_links_are_exported_as_they_are_shown(at_desk: Callable[..., Client], publication: Any, now: datetime) -> None:
    text = '<p><a href="https://example.org/tide">=Tides</a></p>'
    campaign = Campaign.objects.create(
        edition=publish_edition(publication, 1971, text=text, title="Tides"),
        state="finished",
        mail_mode="full",
        by="staff:1",
        created_at=PUBLISHED,
    )
    address, editor = reverse("desk_report_clicks", args=[campaign.pk]), at_desk(Role.EDITOR)
    assert editor.post(address).status_code == 404, "nothing is counted, nothing exported"
    campaign.shared_links = True
    campaign.save(update_fields=["shared_links"])
    (link,) = [each["number"] for each in campaign.edition.links if each["url"] == "https://example.org/tide"]
    for number, day, people in ((0, 0, 30), (0, 1, 12), (0, 2, 4), (link, 0, 11)):
        LinkCount.objects.create(campaign=campaign, number=number, day=now.date() + timedelta(days=day), people=people)
    answer = editor.post(address)
    heading, together, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert dict(zip(heading, together, strict=True)) | {"visitors": "46", "programs": ""} == dict(
        zip(heading, together, strict=True)
    )
    assert ["", str(link), "https://example.org/tide", "'=Tides", "11", ""] in rows
    # Of 46 visitors 30 and 12 would tell that 4 came on the third day.
    assert [row[4] for row in rows if row[0]] == ["30", "", ""]
    assert Entry.objects.get(action="report.exported").details == {"part": "clicks"}
    assert editor.get(address).status_code == 405
    assert at_desk(Role.READER_CARE).post(address).status_code == 403
