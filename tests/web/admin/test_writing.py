"""Writing an issue: nothing is published by the editor, readiness follows the text, previews cannot run anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from masthead.issues.models import Edition, Issue, Publication
from masthead.team.models import Role
from tests.web.admin.conftest import form_of


def test_an_issue_is_begun_with_a_headline_alone(owner_at_desk: Client, publication: Publication) -> None:
    data = form_of(owner_at_desk, "/desk/issues/add/") | {"title": "Low water"}
    answer = owner_at_desk.post("/desk/issues/add/", data)
    begun = Issue.objects.get()
    assert answer.status_code == 302
    assert (begun.title, begun.publication, begun.live) == ("Low water", publication, False)


def test_a_hand_made_publish_saves_a_draft(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    owner_at_desk.post(url, form_of(owner_at_desk, url) | {"title": "Changed", "action-publish": "action-publish"})
    issue.refresh_from_db()
    assert issue.title == "Changed"
    assert (issue.live, issue.public_from, issue.number) == (False, None, None)
    assert not Edition.objects.exists()


@pytest.mark.parametrize("path", ["unpublish/{pk}/", "history/{pk}/unschedule/1/", "copy/{pk}/"])
def test_the_addresses_that_would_publish_are_gone(owner_at_desk: Client, issue: Issue, path: str) -> None:
    assert owner_at_desk.post("/desk/issues/" + path.format(pk=issue.pk)).status_code == 404


def test_marking_ready_holds_until_the_next_change(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    data = form_of(owner_at_desk, url)
    # The form is posted whole: its blocks are those of the draft.
    data |= {"body-count": "1", "body-0-type": "text", "body-0-value-text": '{"blocks":[{"key":"a","text":"The sea is right.",'
             '"type":"unstyled","depth":0,"inlineStyleRanges":[],"entityRanges":[]}],"entityMap":{}}', "body-0-order": "0",
             "body-0-deleted": "", "body-0-id": ""}  # fmt: skip
    owner_at_desk.post(url, data | {"action-mark-ready": "1"})
    assert b"Ready" in owner_at_desk.get("/desk/issues/").content
    owner_at_desk.post(url, data | {"title": "Something else"})
    assert b">Ready<" not in owner_at_desk.get("/desk/issues/").content


def test_an_author_cannot_mark_ready(at_desk: Callable[[Role], Client], issue: Issue) -> None:
    author = at_desk(Role.AUTHOR)
    url = f"/desk/issues/edit/{issue.pk}/"
    assert b"action-mark-ready" not in author.get(url).content
    author.post(url, form_of(author, url) | {"action-mark-ready": "1"})
    issue.refresh_from_db()
    assert issue.ready_digest == ""


def test_what_stands_in_the_way_is_said(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    answer = owner_at_desk.post(url, form_of(owner_at_desk, url) | {"title": "", "action-mark-ready": "1"}, follow=True)
    assert answer.context["messages"]
    issue.refresh_from_db()
    assert issue.ready_digest == ""


@pytest.mark.parametrize("mode", ["mail", "mail_excerpt", "feed"])
def test_a_mail_is_looked_at_inside_a_sandbox(owner_at_desk: Client, issue: Issue, mode: str) -> None:
    page = owner_at_desk.get(f"/desk/issues/look/{issue.pk}/", {"mode": mode})
    assert b'sandbox="allow-popups"' in page.content
    assert "script-src" not in page["Content-Security-Policy"]
    content = owner_at_desk.get(f"/desk/issues/look/{issue.pk}/", {"mode": mode, "part": "content"})
    policy = content["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "{{" not in content.content.decode()


@pytest.mark.parametrize("mode", ["web", "text"])
def test_page_and_text_load_nothing_but_their_own_style(owner_at_desk: Client, issue: Issue, mode: str) -> None:
    page = owner_at_desk.get(f"/desk/issues/look/{issue.pk}/", {"mode": mode})
    assert b"The harbour clock and the sea disagree" in page.content
    assert page["Content-Security-Policy"].startswith("default-src 'none'")


def test_an_unsaved_change_is_previewed(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/preview/{issue.pk}/"
    data = form_of(owner_at_desk, f"/desk/issues/edit/{issue.pk}/") | {"title": "Only in the form"}
    assert owner_at_desk.post(url, data).json() == {"is_valid": True, "is_available": True}
    assert b"Only in the form" in owner_at_desk.get(url, {"mode": "text"}).content
    issue.refresh_from_db()
    assert issue.title == "The tide tables are wrong again"


def test_issues_are_found_by_headline_and_number(owner_at_desk: Client, issue: Issue) -> None:
    assert b"tide tables" in owner_at_desk.get("/desk/issues/", {"q": "TIDE"}).content
    assert b"Nothing found" in owner_at_desk.get("/desk/issues/", {"q": "no such words"}).content
    assert b"tide tables" not in owner_at_desk.get("/desk/issues/", {"state": "published"}).content
