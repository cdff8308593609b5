"""Every screen of the desk: who may open it, and which words never stand on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from masthead.audience.models import Subscriber
from masthead.delivery import campaigns, starting
from masthead.delivery.models import Campaign
from masthead.issues.models import Issue, Publication
from masthead.team.models import Role

OWNER, EDITOR, AUTHOR, CARE = Role.OWNER, Role.EDITOR, Role.AUTHOR, Role.READER_CARE
#: Screen → the roles that may open it.
SCREENS: dict[str, set[Role]] = {
    "/desk/": {OWNER, EDITOR, AUTHOR, CARE},
    "/desk/issues/": {OWNER, EDITOR, AUTHOR, CARE},
    "/desk/issues/add/": {OWNER, EDITOR, AUTHOR},
    "/desk/issues/edit/{issue}/": {OWNER, EDITOR, AUTHOR},
    "/desk/issues/history/{issue}/": {OWNER, EDITOR, AUTHOR},
    "/desk/issues/look/{issue}/": {OWNER, EDITOR, AUTHOR},
    "/desk/issues/send/{issue}/": {OWNER, EDITOR},
    "/desk/issues/sending/{campaign}/": {OWNER, EDITOR},
    "/desk/issues/sending/{campaign}/rest/": {OWNER, EDITOR},
    "/desk/issues/report/{campaign}/": {OWNER, EDITOR},
    "/desk/returns/": {OWNER, CARE},
    "/desk/returns/issues/": {OWNER, CARE},
    "/desk/returns/alarms/": {OWNER, CARE},
    "/desk/returns/rules/": {OWNER},
    "/desk/returns/issues/{campaign}/": {OWNER, CARE},
    "/desk/contributors/": {OWNER, EDITOR, AUTHOR},
    "/desk/images/": {OWNER, EDITOR, AUTHOR},
    "/desk/documents/": {OWNER, EDITOR, AUTHOR},
    "/desk/publications/new/": {OWNER, EDITOR},
    "/desk/publications/{publication}/": {OWNER, EDITOR},
    "/desk/people/": {OWNER},
    "/desk/activity/": {OWNER},
    "/desk/account/": {OWNER, EDITOR, AUTHOR, CARE},
}
FORBIDDEN = re.compile(r"\b(Pages|Snippets?|Sites?|Collections?|Wagtail|Unpublish|Delivered)\b")


@pytest.fixture
def campaign(issue: Issue, publication: Publication, reader: Subscriber) -> Campaign:
    now = timezone.now()
    made = campaigns.publish_and_send(issue=issue, lists=list(publication.lists.all()), starts_at=now, by="system", now=now)
    return starting.start(campaign_id=made.pk, now=now) or made


@pytest.fixture
def filled(issue: Issue, campaign: Campaign, publication: Publication) -> dict[str, int]:
    return {"issue": issue.pk, "campaign": campaign.pk, "publication": publication.pk}


def opened(client: Client, url: str) -> bool:
    answer = client.get(url)
    # The shell sends home whom it refuses; our screens answer 403.
    assert answer.status_code in {200, 302, 403}, (url, answer.status_code)
    return answer.status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_screens_and_no_others(at_desk: Callable[[Role], Client], role: Role, filled: dict[str, int]) -> None:
    client = at_desk(role)
    found = {screen: opened(client, screen.format(**filled)) for screen in SCREENS}
    assert found == {screen: role in roles for screen, roles in SCREENS.items()}


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_leads_nowhere_closed(at_desk: Callable[[Role], Client], role: Role, filled: dict[str, int]) -> None:
    client = at_desk(role)
    props = client.get("/desk/").content.decode()
    sidebar = props.split('id="wagtail-sidebar-props"', 1)[1].split("</script>", 1)[0]
    links = {link for link in re.findall(r'"(/desk/[^"]*)"', sidebar) if link not in {"/desk/logout/", "/desk/sprite/"}}
    assert "/desk/issues/" in links
    assert {link for link in links if client.get(link).status_code not in {200, 302}} == set()


def visible(html: str) -> str:
    """What a person reads or hears of a screen: text, titles, labels and the words the menu is made of."""
    html = re.sub(r"<(style|svg)\b.*?</\1>", " ", html, flags=re.S)
    menu = " ".join(re.findall(r'"label": "([^"]*)"', html))
    html = re.sub(r"<script\b.*?</script>", " ", html, flags=re.S)
    spoken = " ".join(re.findall(r'\b(?:aria-label|title|placeholder|alt|value)="([^"]*)"', html))
    return unescape(" ".join([re.sub(r"<[^>]+>", " ", html), spoken, menu]))


@pytest.mark.parametrize("screen", list(SCREENS))
def test_no_word_of_the_shell_is_left(owner_at_desk: Client, screen: str, filled: dict[str, int]) -> None:
    answer = owner_at_desk.get(screen.format(**filled))
    text = visible(answer.content.decode())
    assert sorted({found[0] for found in FORBIDDEN.finditer(text)}) == [], screen


@pytest.mark.parametrize("screen", list(SCREENS))
def test_our_templates_add_no_inline_script(owner_at_desk: Client, screen: str, filled: dict[str, int]) -> None:
    html = owner_at_desk.get(screen.format(**filled)).content.decode()
    assert not re.search(r"\son\w+=\"", html)
    if screen.startswith(("/desk/people", "/desk/activity", "/desk/publications", "/desk/issues/send")):
        inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", html)
        assert inline == []


@pytest.mark.parametrize(
    "path",
    [
        "password_reset/",
        "pages/",
        "choose-page/",
        "sites/",
        "collections/",
        "reports/",
        "users/",
        "groups/",
        "snippets/",
    ],
)
def test_what_the_shell_has_besides_is_closed(owner_at_desk: Client, path: str) -> None:
    assert owner_at_desk.get(f"/desk/{path}").status_code == 404


def test_a_long_and_hostile_title_is_text(owner_at_desk: Client, issue: Issue) -> None:
    issue.title = "<script>alert(1)</script>\u202e" + "x" * 200
    issue.save(update_fields=["title"])
    issue.save_revision()
    for screen in ("/desk/", "/desk/issues/", f"/desk/issues/send/{issue.pk}/", f"/desk/issues/edit/{issue.pk}/"):
        assert "<script>alert(1)" not in owner_at_desk.get(screen).content.decode()
