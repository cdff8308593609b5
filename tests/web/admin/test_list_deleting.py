"""A list is deleted at the desk, and what asked for it says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from masthead.audience import list_deleting
from masthead.audience.models import MailingList, SignUpForm, Subscription
from masthead.audience.segments import saving, tree
from masthead.delivery.models import Campaign, Delivery
from masthead.issues import assigning
from masthead.issues.models import Issue, Publication
from masthead.team.models import Role, User
from tests.campaigns import under_way

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair(publication: Publication, reader: Any, make_subscriber: Any, now: datetime) -> MailingList:
    """A second list of the publication, with a reader and a segment."""
    made = MailingList.objects.create(name="Fair <b>", slug="fair")
    publication.lists.add(made)
    make_subscriber("nina@example.org", made)
    rule = {"all": [{"if": "list", "of": str(made.pk), "is": "active"}]}
    saving.create(name="Fairgoers", rule=tree.read(rule), by="system", now=now)
    return made


def test_the_screen_says_what_uses_the_list_and_deletes_it(owner_at_desk: Client, fair: MailingList, now: datetime) -> None:
    url = reverse("desk_list_delete", args=[fair.pk])
    assert url in owner_at_desk.get(reverse("desk_list", args=[fair.pk])).text
    page = owner_at_desk.get(url).text
    for words in (
        "1 reader is on it",
        "cannot be used any more: <bdi>Fairgoers</bdi>",
        "<bdi>The Courier</bdi>",
        "Fair &lt;b&gt;",
    ):
        assert words in page
    assert MailingList.objects.filter(pk=fair.pk).exists()
    answer = owner_at_desk.post(url, follow=True)
    assert "is deleted" in answer.text
    assert not MailingList.objects.filter(pk=fair.pk).exists()
    assert owner_at_desk.get(url).status_code == owner_at_desk.get(reverse("desk_list", args=[fair.pk])).status_code == 404
    list_deleting.sweep()
    assert list(Subscription.objects.values_list("list__name", flat=True)) == ["The Courier"]
    again = owner_at_desk.post(
        reverse("desk_list_new"), {"name": "Fair <b>", "description": "", "opt_in": "double", "is_public": "on"}
    )
    assert "was deleted. So that nobody who left it comes back" in again.text


def test_the_builder_shows_that_it_is_gone_also_while_rows_are_added(
    owner_at_desk: Client, fair: MailingList, now: datetime
) -> None:
    segment = saving.find("Fairgoers")
    assert segment is not None
    owner_at_desk.post(reverse("desk_list_delete", args=[fair.pk]))
    url = reverse("desk_segment", args=[segment.pk])
    form = {"name": "Fairgoers", "mode": "all", "mode-0": "all", "if-0.0": "list", "of-0.0": fair.pk, "is-0.0": "active"}
    for page in (owner_at_desk.get(url).text, owner_at_desk.post(url, form | {"act": "count"}).text):
        assert f'<option value="{fair.pk}" selected>Fair &lt;b&gt; (gone)</option>' in page
        assert '<option value="active" selected>is on it</option>' in page
        assert "The list “Fair &lt;b&gt;” is gone" in page
    piece = owner_at_desk.post(reverse("desk_segment_count"), form | {"within": segment.pk}).text
    assert "The list “Fair &lt;b&gt;” is gone" in piece
    refused = owner_at_desk.post(url, form | {"act": "save"})
    assert refused.status_code == 422
    assert "(gone) is on it" in owner_at_desk.get(reverse("desk_segments")).text


def test_the_send_desk_sends_nothing_by_a_segment_of_it(
    owner_at_desk: Client, fair: MailingList, issue: Issue, mailing_list: MailingList
) -> None:
    segment = saving.find("Fairgoers")
    assert segment is not None
    owner_at_desk.post(reverse("desk_list_delete", args=[fair.pk]))
    url = reverse("desk_send", args=[issue.pk])
    assert f'value="{fair.pk}"' not in owner_at_desk.get(url).text.split("segments")[0]
    form = {"lists": [mailing_list.pk], "segments": [segment.pk], "mail_mode": "full", "when": "now", "typed_number": "1971"}
    page = owner_at_desk.post(url, form)
    assert page.status_code == 422
    assert "The segment “Fairgoers” cannot be used: the list “Fair &lt;b&gt;” is gone." in page.text
    gone = owner_at_desk.post(url, form | {"lists": [fair.pk], "segments": []})
    assert gone.status_code == 422
    assert not Campaign.objects.exists() and not Delivery.objects.exists()


def test_a_planned_sending_keeps_the_list(
    owner_at_desk: Client, fair: MailingList, publication: Publication, now: datetime
) -> None:
    campaign = under_way(publication, fair, now)
    url = reverse("desk_list_delete", args=[fair.pk])
    page = owner_at_desk.get(url).text
    assert "The Courier 1971" in page
    assert '<button class="button no">' not in page
    assert "cannot be deleted now" in owner_at_desk.post(url, follow=True).text
    Campaign.objects.filter(pk=campaign.pk).update(state="finished")
    owner_at_desk.post(url)
    assert not MailingList.objects.filter(pk=fair.pk).exists()
    for name in ("desk_campaign", "desk_report_of_issue", "desk_campaign_rest"):
        answer = owner_at_desk.get(reverse(name, args=[campaign.pk]), follow=True)
        assert answer.status_code == 200, name


def test_a_list_of_another_publication_too_is_not_theirs_to_delete(
    at_desk: Any, fair: MailingList, publication: Publication, now: datetime
) -> None:
    client = at_desk(Role.EDITOR)
    quai = Publication.objects.create(name="Quai", slug="quai", from_address="quai@example.org", base_url="https://quai.example")
    quai.lists.add(fair)
    assigning.assign(person=User.objects.get(role=Role.EDITOR), publications=[publication], by="staff:1", now=now)
    answer = client.post(reverse("desk_list_delete", args=[fair.pk]), follow=True)
    assert "Publications that you do not work on go to this list" in answer.text
    assert MailingList.objects.filter(pk=fair.pk).exists()


def test_a_form_without_a_list_leads_to_the_publications_own(
    client: Client, publication: Publication, mailing_list: MailingList, now: datetime
) -> None:
    other = MailingList.objects.create(name="Quay", slug="quay")
    form = SignUpForm.objects.create(name="Fair", slug="fair", created_at=now)
    form.lists.add(other)
    url = "/subscribe/fair/"
    assert client.get(url, headers={"host": "127.0.0.1:8000"}).status_code == 200
    list_deleting.delete(mailing_list=other, by="system", now=now)
    answer = client.get(url, headers={"host": "127.0.0.1:8000"})
    assert (answer.status_code, answer["Location"]) == (302, "/subscribe/")
