"""What is counted of links, at the desk: chosen for a publication, shown in the report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.audit.models import Entry
from masthead.delivery.models import Campaign
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
