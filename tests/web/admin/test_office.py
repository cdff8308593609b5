"""The first run, people and publications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from masthead.audit.models import Entry
from masthead.issues.models import Issue, Publication
from masthead.issues.rendering.colours import PAPER, contrast
from masthead.team import setup
from masthead.team.models import Role, User
from masthead.web.admin.office.welcome import BACKEND
from tests.web.admin.conftest import form_of

PERSON = {"name": "Ines Duarte", "email": "ines@example.org", "password": "seven grey herons waiting"}


@pytest.mark.django_db
def test_the_first_link_makes_an_owner_and_leads_on(client: Client) -> None:
    token = setup.issue_first_link(now=timezone.now())
    answer = client.post(f"/desk/welcome/{token}/", PERSON)
    assert answer["Location"] == "/desk/welcome/bulletin/"
    assert User.objects.get().role == Role.OWNER
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.django_db
def test_a_link_works_once_and_says_so(client: Client) -> None:
    token = setup.issue_first_link(now=timezone.now())
    client.post(f"/desk/welcome/{token}/", PERSON)
    again = Client().get(f"/desk/welcome/{token}/")
    assert again.status_code == 410
    assert "masthead init" in again.content.decode()
    assert Client().post(f"/desk/welcome/{token}/", PERSON | {"email": "other@example.org"}).status_code == 410
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_looking_at_the_link_does_not_use_it(client: Client) -> None:
    token = setup.issue_first_link(now=timezone.now())
    for _ in range(3):
        assert client.get(f"/desk/welcome/{token}/").status_code == 200
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "password1234", "ines@example.org"])
def test_a_weak_passphrase_is_refused(client: Client, password: str) -> None:
    token = setup.issue_first_link(now=timezone.now())
    answer = client.post(f"/desk/welcome/{token}/", PERSON | {"password": password})
    assert answer.status_code == 200
    assert answer.context["form"].errors["password"]
    assert not User.objects.exists()


@pytest.mark.django_db
def test_an_invitation_is_for_its_address(client: Client, now: datetime) -> None:
    token = setup.invite(email="jo@example.org", role=Role.AUTHOR, by="staff:1", now=timezone.now())
    client.post(f"/desk/welcome/{token}/", PERSON | {"email": "thief@example.net"})
    assert [(user.email, user.role) for user in User.objects.all()] == [("jo@example.org", Role.AUTHOR)]


def test_a_bulletin_begins_with_a_list_and_a_sample(owner_at_desk: Client) -> None:
    data = {"name": "The Courier", "tagline": "", "language": "fa", "time_zone": "Asia/Tehran", "next_number": "1971",
            "from_address": "courier@example.org", "accent": "#1d4e89"}  # fmt: skip
    answer = owner_at_desk.post("/desk/welcome/bulletin/", data)
    made = Publication.objects.get()
    assert answer["Location"] == "/desk/welcome/mail/"
    assert (made.next_number, made.time_zone, made.is_live) == (1971, "Asia/Tehran", False)
    assert [entry.name for entry in made.lists.all()] == ["The Courier"]
    sample = Issue.objects.get()
    # It takes no number from the first issue that somebody writes.
    assert (sample.publication, sample.planned_number) == (made, None)
    assert owner_at_desk.get("/desk/welcome/mail/").status_code == 200


def test_a_colour_too_faint_is_answered_with_the_nearest_that_can_be_read(owner_at_desk: Client) -> None:
    data = {"name": "The Courier", "tagline": "", "language": "en", "time_zone": "UTC", "next_number": "1",
            "from_address": "courier@example.org", "accent": "#ffe066"}  # fmt: skip
    answer = owner_at_desk.post("/desk/welcome/bulletin/", data)
    form = answer.context["form"]
    offered = form["accent"].value()
    assert offered in str(form.errors["accent"])
    assert contrast(offered, PAPER) >= 4.5
    assert not Publication.objects.exists()
    assert owner_at_desk.post("/desk/welcome/bulletin/", data | {"accent": offered}).status_code == 302
    assert Publication.objects.get().accent == offered


def test_the_checklist_ticks_what_was_done_and_nothing_else(
    owner_at_desk: Client, issue: Issue, make_subscriber: Callable[..., Any]
) -> None:
    def ticked() -> dict[str, bool]:
        return {todo.text: todo.done for todo in owner_at_desk.get("/desk/").context["checklist"]}

    owner = User.objects.get(role=Role.OWNER)
    make_subscriber(owner.email)
    before = ticked()
    assert (before["Bring in your readers"], before["Send it to yourself or rehearse it"]) == (False, False)
    make_subscriber("anna@example.org")
    owner_at_desk.post(f"/desk/issues/send/{issue.pk}/test/", {"test_to": [str(owner.pk)], "test_format": "html"})
    after = ticked()
    assert (after["Bring in your readers"], after["Send it to yourself or rehearse it"]) == (True, True)


def test_the_desk_counts_time_as_the_bulletin_until_somebody_chooses(at_desk: Callable[[Role], Client], issue: Issue) -> None:
    issue.publication.time_zone = "Asia/Tehran"
    issue.publication.save()
    client = at_desk(Role.EDITOR)
    saved = issue.latest_revision.created_at

    def shown(zone: str) -> bool:
        return f"{saved.astimezone(ZoneInfo(zone)):%H:%M}" in client.get("/desk/").content.decode()

    assert shown("Asia/Tehran")
    assert not shown("Pacific/Auckland")
    data = form_of(client, "/desk/account/")
    assert data["time_zone"] == "Asia/Tehran"
    client.post("/desk/account/", data | {"time_zone": "Pacific/Auckland"})
    assert shown("Pacific/Auckland")
    client.logout()
    client.force_login(User.objects.get(role=Role.EDITOR), backend=BACKEND)
    assert shown("Pacific/Auckland")


ANOTHER = {"name": "Le Quai", "tagline": "", "language": "fr", "time_zone": "Europe/Paris", "next_number": "7",
           "from_address": "quai@example.org", "accent": "#8a1c3b"}  # fmt: skip


def test_a_second_publication_gets_an_address_of_its_own(owner_at_desk: Client, publication: Publication) -> None:
    taken = owner_at_desk.post("/desk/publications/new/", ANOTHER | {"base_url": "http://127.0.0.1:8000/"})
    assert "The Courier" in str(taken.context["form"].errors["base_url"])
    assert "http://127.0.0.1:8000/le-quai" in str(taken.context["form"].errors["base_url"])
    assert owner_at_desk.post("/desk/publications/new/", ANOTHER).status_code == 302
    assert owner_at_desk.post("/desk/publications/new/", ANOTHER | {"base_url": "https://quai.example/"}).status_code == 302
    assert [made.public_address for made in Publication.objects.order_by("id")] == [
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8000/le-quai",
        "https://quai.example",
    ]
    shown = owner_at_desk.get("/desk/publications/").content.decode()
    assert "https://quai.example/" in shown


def publication_form(client: Client, publication: Publication) -> dict[str, Any]:
    form = client.get(f"/desk/publications/{publication.pk}/").context["form"]
    values = {bound.name: bound.value() for bound in form}
    values["lists"] = [entry.pk for entry in publication.lists.all()]
    return {name: value for name, value in values.items() if value not in (None, "")}


def test_a_publication_is_changed_and_recorded(owner_at_desk: Client, publication: Publication) -> None:
    data = publication_form(owner_at_desk, publication) | {"from_name": "The Courier, Porthaven", "reply_to": "desk@example.org"}
    assert owner_at_desk.post(f"/desk/publications/{publication.pk}/", data).status_code == 302
    publication.refresh_from_db()
    assert publication.from_name == "The Courier, Porthaven"
    assert Entry.objects.filter(action="publication.changed").get().details == {"fields": ["from_name", "reply_to"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [("base_url", "nowhere"), ("issn", "1234567890"), ("next_number", "0"), ("time_zone", "Mars/Base")],
)
def test_a_value_that_cannot_be_is_refused(owner_at_desk: Client, publication: Publication, field: str, value: str) -> None:
    data = publication_form(owner_at_desk, publication) | {field: value}
    assert owner_at_desk.post(f"/desk/publications/{publication.pk}/", data).status_code == 422


def test_numbers_only_go_up_once_taken(owner_at_desk: Client, publication: Publication) -> None:
    publication.taken_numbers.create(number=1970, taken_at=timezone.now())
    data = publication_form(owner_at_desk, publication) | {"next_number": "12"}
    answer = owner_at_desk.post(f"/desk/publications/{publication.pk}/", data)
    assert "only go up" in answer.content.decode()


def test_going_live_names_what_is_missing(owner_at_desk: Client, publication: Publication) -> None:
    Publication.objects.update(is_live=False, imprint="")
    assert "imprint is empty" in owner_at_desk.get(f"/desk/publications/{publication.pk}/").content.decode()
    owner_at_desk.post(f"/desk/publications/{publication.pk}/mode/", {"act": "live"})
    assert not Publication.objects.get().is_live
    Publication.objects.update(imprint="The Courier, 7 Quay Street")
    owner_at_desk.post(f"/desk/publications/{publication.pk}/mode/", {"act": "live"})
    assert Publication.objects.get().is_live


def test_test_mode_stands_on_each_screen(owner_at_desk: Client, publication: Publication) -> None:
    assert "desk-test-mode" not in owner_at_desk.get("/desk/").content.decode()
    Publication.objects.update(is_live=False)
    for screen in ("/desk/", "/desk/issues/", "/desk/issues/add/", "/desk/people/", "/desk/images/"):
        assert "desk-test-mode" in owner_at_desk.get(screen).content.decode(), screen


def test_an_invitation_link_is_shown_once(owner_at_desk: Client) -> None:
    answer = owner_at_desk.post("/desk/people/", {"email": "jo@example.org", "role": "editor"})
    assert "/desk/welcome/" in answer.content.decode()
    later = owner_at_desk.get("/desk/people/").content.decode()
    assert "/desk/welcome/" not in later
    assert "jo@example.org" in later


def test_the_last_owner_stays(owner_at_desk: Client) -> None:
    owner = User.objects.get()
    owner_at_desk.post(f"/desk/people/{owner.pk}/", {"act": "deactivate"})
    owner_at_desk.post(f"/desk/people/{owner.pk}/", {"act": "role", "role": "author"})
    owner.refresh_from_db()
    assert (owner.is_active, owner.role) == (True, Role.OWNER)


def test_only_an_owner_lowers_checks(at_desk: Callable[[Role], Client], publication: Publication) -> None:
    path = f"/desk/publications/{publication.pk}/"
    for role, kept in [(Role.EDITOR, []), (Role.OWNER, ["alt-missing"])]:
        browser = at_desk(role)
        lists = [entry.pk for entry in publication.lists.all()]
        data = form_of(browser, path) | {"lists": lists, "lenient": ["alt-missing"]}
        assert browser.post(path, data).status_code == 302
        publication.refresh_from_db()
        assert publication.lenient == kept
