"""Writing an issue: nothing is published by the editor, readiness follows the text, previews cannot run anything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localtime
from PIL import Image as Drawing
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.rich_text import RichText

from masthead.issues import numbering
from masthead.issues.models import Contributor, Edition, Issue, Publication
from masthead.team.models import Role, User
from masthead.web.admin.writing.viewset import Compose
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


def test_the_checks_are_in_three_groups_with_the_length_of_the_issue(owner_at_desk: Client, issue: Issue) -> None:
    issue.title = ""
    issue.save_revision()
    page = owner_at_desk.get(f"/desk/issues/look/{issue.pk}/findings/")
    groups = page.context["findings"]
    assert "The issue has no title." in [one.finding.message for one in groups.must]
    assert "Headline, language, sender and imprint" not in groups.fine
    assert "Colours can be read" in groups.fine
    assert f"{page.context['words']} words" in page.content.decode()


def test_beside_the_text_stand_state_lock_and_preview_alone(owner_at_desk: Client, issue: Issue) -> None:
    page = owner_at_desk.get(f"/desk/issues/edit/{issue.pk}/").content.decode()
    assert re.findall(r'data-side-panel-toggle="(\w+)"', page) == ["status", "preview"]
    for words in ("No publishing schedule set", "Used 0 times", "Content metrics"):
        assert words not in page


def test_beside_the_text_stands_who_saved_it_last_and_when(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    page = status_of(owner_at_desk, url)
    assert "Last saved" in page
    assert ", by" not in page
    owner_at_desk.post(url, form_of(owner_at_desk, url) | {"title": "Low water"})
    at = localtime(Issue.objects.get().latest_revision.created_at)
    page = status_of(owner_at_desk, url)
    assert f"{at.day} {at:%b %Y %H:%M}, by owner person" in page
    assert f'href="/desk/issues/history/{issue.pk}/"' in page
    for repeated in ("Draft", "Live", "Published", "Edited", "Created"):
        assert repeated not in page
    new = status_of(owner_at_desk, "/desk/issues/add/")
    assert "Not saved yet" in new
    assert "View history" not in new


def status_of(client: Client, url: str) -> str:
    """The panel beside the text."""
    return client.get(url).content.decode().split('data-side-panel="status"', 1)[1].split('data-side-panel="', 1)[0]


def test_a_sitting_of_many_saves_is_one_line_of_the_history(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    for sitting in ("Low water", "High water"):
        owner_at_desk.post(url, form_of(owner_at_desk, url) | {"title": sitting})
        version = str(issue.revisions.latest("id").pk)
        for letters in (3, 5):
            data = form_of(owner_at_desk, url) | {"title": sitting[:letters], "overwrite_revision_id": version}
            owner_at_desk.post(url, data)
    page = owner_at_desk.get(f"/desk/issues/history/{issue.pk}/")
    assert [entry.revision.content["title"] for entry in page.context["object_list"]] == ["High", "Low w"]
    assert "model log entries" not in page.content.decode()


def test_two_versions_are_compared_with_their_times(owner_at_desk: Client, issue: Issue) -> None:
    issue.title = "Low water"
    first = issue.save_revision()
    issue.title = "High water"
    second = issue.save_revision()
    compare = f"/desk/issues/history/{issue.pk}/revisions/compare/"
    page = owner_at_desk.get(f"{compare}{first.pk}...{second.pk}/")
    assert '<span class="deletion">Low</span>' in page.content.decode()
    for version in (first, second):
        assert f"{localtime(version.created_at):%H:%M:%S}" in page.content.decode()
    assert owner_at_desk.get(f"{compare}earliest...latest/").status_code == 200
    assert owner_at_desk.get(f"{compare}live...latest/").status_code == 404


def test_a_byline_is_chosen_and_its_name_made_on_the_way(owner_at_desk: Client, issue: Issue) -> None:
    chooser = "/desk/snippets/choose/issues/contributor/"
    page = owner_at_desk.get(f"/desk/issues/edit/{issue.pk}/").content.decode()
    assert chooser in page
    assert owner_at_desk.get(chooser).status_code == 200
    made = owner_at_desk.post(f"{chooser}create/", {"contributor-chooser-create-form-name": "Maud Ellery", "name": "Maud Ellery"})
    assert made.json()["step"] == "chosen", made.content
    maud = Contributor.objects.get()
    assert owner_at_desk.get(f"{chooser}chosen/{maud.pk}/").json()["result"]["string"] == "Maud Ellery"
    assert owner_at_desk.get("/desk/snippets/choose/issues/issue/").status_code == 404


def test_a_contributor_not_chosen_yet_keeps_no_draft_from_being_saved(owner_at_desk: Client, issue: Issue) -> None:
    url, maud = f"/desk/issues/edit/{issue.pk}/", Contributor.objects.create(name="Maud Ellery")
    row = {"id": "", "contributor": "", "role": "by", "ORDER": "1", "DELETE": ""}
    rows = {f"bylines-0-{name}": value for name, value in row.items()} | {"bylines-TOTAL_FORMS": "1"}
    by_itself = {"accept": "application/json"}
    saved = owner_at_desk.post(url, form_of(owner_at_desk, url) | rows | {"title": "Low water"}, headers=by_itself).json()
    assert saved["success"], saved
    draft = Issue.objects.get().get_latest_revision_as_object()
    assert (draft.title, draft.bylines.count()) == ("Low water", 0)

    chosen = rows | saved["field_updates"] | {"bylines-0-contributor": str(maud.pk), "bylines-0-role": "photos"}
    saved = owner_at_desk.post(url, form_of(owner_at_desk, url) | chosen, headers=by_itself).json()
    draft = Issue.objects.get().get_latest_revision_as_object()
    assert [str(byline) for byline in draft.bylines.all()] == ["photos by Maud Ellery"]

    emptied = chosen | saved["field_updates"] | {"bylines-0-contributor": ""}
    assert owner_at_desk.post(url, form_of(owner_at_desk, url) | emptied, headers=by_itself).json()["success"]
    assert Issue.objects.get().get_latest_revision_as_object().bylines.count() == 0


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


def test_a_mail_is_looked_at_dark_bare_and_without_its_style_block(owner_at_desk: Client, issue: Issue) -> None:
    def content(**asked: str) -> Any:
        return owner_at_desk.get(f"/desk/issues/look/{issue.pk}/", {"mode": "mail", "part": "content", **asked})

    assert "prefers-color-scheme" in content().content.decode()
    assert "@media all" in content(night="dark").content.decode()
    assert "@media not all" in content(night="light").content.decode()
    assert "img-src 'none'" in content(pictures="off")["Content-Security-Policy"]
    assert "<style" not in content(styles="off").content.decode()
    assert "@media all" in content(mode="mail_dark").content.decode()


def test_an_issue_is_looked_at_as_a_reader_gets_it(owner_at_desk: Client, issue: Issue, make_subscriber: Any) -> None:
    reader = make_subscriber("nilufar@example.org", name="Nilufar", attributes={"city": "Porthaven"})
    issue.body = [("text", {"text": RichText('<p>Dear {{ name | "reader" }} in {{ city | "your town" }}</p>')})]
    issue.save_revision()
    screen = owner_at_desk.get(f"/desk/issues/looks/{issue.pk}/", {"reader": "Nilufar@example.org"}).content.decode()
    assert "Nilufar</bdi> chose" in screen
    assert f"reader={reader.pk}" in screen
    mail = owner_at_desk.get(f"/desk/issues/look/{issue.pk}/", {"reader": reader.pk, "part": "content"}).content.decode()
    assert "Dear Nilufar in Porthaven" in mail
    text = owner_at_desk.get(f"/desk/issues/look/{issue.pk}/", {"reader": reader.pk, "mode": "text"}).content.decode()
    assert "Dear Nilufar in Porthaven" in text
    assert (
        "no reader with this address"
        in owner_at_desk.get(f"/desk/issues/looks/{issue.pk}/", {"reader": "nobody@example.org"}).content.decode()
    )


def test_who_may_not_see_readers_sees_none_in_a_preview(
    at_desk: Callable[[Role], Client], issue: Issue, make_subscriber: Any
) -> None:
    reader = make_subscriber("nilufar@example.org", name="Nilufar")
    issue.body = [("text", {"text": RichText('<p>Dear {{ name | "reader" }}</p>')})]
    issue.save_revision()
    author = at_desk(Role.AUTHOR)
    mail = author.get(f"/desk/issues/look/{issue.pk}/", {"reader": reader.pk, "part": "content"}).content.decode()
    assert "Dear reader" in mail
    assert "Nilufar" not in author.get(f"/desk/issues/looks/{issue.pk}/", {"reader": "nilufar@example.org"}).content.decode()


def test_the_teaser_shows_the_card_of_a_shared_link(owner_at_desk: Client, issue: Issue) -> None:
    page = owner_at_desk.get(f"/desk/issues/look/{issue.pk}/", {"mode": "teaser"}).content.decode()
    assert 'src="data:image/jpeg;base64,' in page
    assert page.count("Twelve minutes, every Thursday.") == 3


def test_an_issue_is_begun_as_a_copy(owner_at_desk: Client, issue: Issue) -> None:
    assert "Or begin with a copy of" in owner_at_desk.get("/desk/issues/add/").content.decode()
    answer = owner_at_desk.post("/desk/issues/like/0/", {"model": issue.pk})
    copy = Issue.objects.exclude(pk=issue.pk).get()
    assert answer["Location"] == f"/desk/issues/edit/{copy.pk}/"
    assert owner_at_desk.get("/desk/issues/like/1/").status_code == 405
    assert owner_at_desk.post("/desk/issues/like/0/", {"model": "12345"}).status_code == 404


def test_a_new_issue_gets_its_head_with_the_first_autosave(owner_at_desk: Client, issue: Issue) -> None:
    brought = owner_at_desk.get(f"/desk/issues/edit/{issue.pk}/?_w_hydrate_create_view=1").content.decode()
    assert 'data-w-teleport-target-value=".desk-compose"' in brought
    assert 'class="desk-number desk-number--planned"' in brought
    # The shell's own heading is not on our screen: it would look for it in vain and say so in the console.
    assert "#header-title" not in brought


def test_a_comparison_shows_what_changed_and_how_much_did_not(owner_at_desk: Client, issue: Issue) -> None:
    def saved(*blocks: tuple[str, Any]) -> int:
        issue.body = list(blocks)  # each time with new ids, as the shell's first saves have them
        return int(issue.save_revision().pk)

    kept = ("text", {"text": RichText("<p>At six the ramp went down.</p><p>Nobody walked &amp; waited.</p>")})
    older = saved(
        kept,
        ("heading", {"text": "What the pilots say", "level": "2"}),
        ("quote", {"text": RichText("<p>We were never gone.</p>"), "source": "A pilot", "pull": False}),
    )
    newer = saved(
        kept,
        ("heading", {"text": "What the pilots <b> sing", "level": "3"}),
        ("table", {"rows": "From | To", "header": True, "row_headers": False}),
    )
    page = owner_at_desk.get(f"/desk/issues/history/{issue.pk}/revisions/compare/{older}...{newer}/").content.decode()
    assert "1 block as before" in page
    assert "the ramp went down" not in page
    reworded = '<span class="deletion">say</span><span class="addition">&lt;b&gt; sing\nRank: part of a section</span>'
    assert f"What the pilots {reworded}" in page
    assert re.search(r'Quote \(taken out\)</h3><div dir="auto"><span class="deletion">We were never gone.\s+Who said', page)
    table = '<span class="addition">From | To\nThe first line names the columns: yes</span>'
    assert f'Table (new)</h3><div dir="auto">{table}' in page
    assert "Language of this block" not in page


def test_what_is_saved_by_itself_never_overwrites_a_save_that_overtook_it(
    owner_at_desk: Client, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    owner_at_desk.post(url, form_of(owner_at_desk, url) | {"title": "First"})
    older = form_of(owner_at_desk, url) | {"title": "Second, half wri"}
    pressed = older | {"title": "Second, as it was saved by hand"}
    begun = Compose.is_valid

    def overtaken(view: Compose, form: Any) -> bool:
        fine = bool(begun(view, form))
        if view.expects_json_response:
            assert owner_at_desk.post(url, pressed).status_code == 302
        return fine

    monkeypatch.setattr(Compose, "is_valid", overtaken)
    answer = owner_at_desk.post(url, older, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "invalid_revision")
    assert issue.revisions.latest("id").content["title"] == "Second, as it was saved by hand"
    issue.refresh_from_db()
    assert issue.title == "Second, as it was saved by hand"


def test_of_two_drafts_only_one_says_the_next_number(owner_at_desk: Client, issue: Issue) -> None:
    Issue.objects.create(publication=issue.publication)  # begun by mistake: without a headline it is not next
    later = Issue.objects.create(publication=issue.publication, title="Nobody winds the clock")
    planned = Issue.objects.create(publication=issue.publication, title="In the new year", planned_number=1990)
    listed = owner_at_desk.get("/desk/issues/")
    number = numbering.next_number(issue.publication)
    expected = {later.pk: (str(number), "next number"), issue.pk: ("", "number when sent"), planned.pk: ("1990", "planned")}
    shown = {row.issue.pk: (row.number.text, row.number.note) for row in listed.context["rows"]}
    assert {key: shown[key] for key in expected} == expected
    home = owner_at_desk.get("/desk/").content.decode()
    assert f"No. <bdi>{number}</bdi> · next number" in home
    assert "Number when sent" in home
    assert home.count(f"<bdi>{number}</bdi>") == 1
    assert f"Copy No. {number} as a new issue" in owner_at_desk.get(f"/desk/issues/edit/{later.pk}/").content.decode()
    compose = owner_at_desk.get(f"/desk/issues/edit/{issue.pk}/").content.decode()
    assert "number when sent" in compose
    assert "Copy this as a new issue" in compose
    assert f"No. <bdi>{number}</bdi>" not in compose


def test_every_kind_of_block_can_be_compared(owner_at_desk: Client, issue: Issue) -> None:
    drawn = BytesIO()
    Drawing.new("RGB", (40, 30)).save(drawn, "PNG")
    picture = get_image_model().objects.create(title="Ferry", file=ContentFile(drawn.getvalue(), "ferry.png"))
    paper = get_document_model().objects.create(title="Times", file=ContentFile(b"%PDF-1.4", "times.pdf"))
    image = {"image": picture.pk, "alt_text": "A ferry at dawn", "decorative": False}
    kinds: dict[str, dict[str, Any]] = {
        "text": {"text": "<p>At six.</p>", "lang": "fr", "only": "mail", "show_if": "member"},
        "heading": {"text": "What the pilots say", "level": "3"},
        "quote": {"text": "<p>We were never gone.</p>", "source": "A pilot", "pull": True},
        "verse": {"lines": "One line\n  and another", "code": True},
        "image": {"image": image, "caption": "The crossing", "link": "https://ferry.example/"},
        "embed": {"url": "https://video.example/1", "title": "In two minutes", "still": picture.pk},
        "file": {"document": paper.pk, "label": "The hours", "attach": True},
        "links": {"items": [{"title": "Fares", "url": "https://ferry.example/b", "blurb": "Cheap"}]},
        "table": {"rows": "From | To", "header": False, "row_headers": True},
        "callout": {"title": "Mind", "text": "<p>The gap</p>", "tone": "warning"},
        "button": {"label": "Book", "url": "https://ferry.example/book"},
        "divider": {"shape": "mail_ends"},
    }
    assert set(kinds) == set(issue.body.stream_block.child_blocks)
    issue.body = []
    older = issue.save_revision().pk
    issue.body = json.dumps([{"type": kind, "value": value} for kind, value in kinds.items()])
    newer = issue.save_revision().pk
    page = owner_at_desk.get(f"/desk/issues/history/{issue.pk}/revisions/compare/{older}...{newer}/").content.decode()
    assert page.count("(new)</h3>") == len(kinds)
    for words in ("member", "A pilot", "and another", "Ferry", "A ferry at dawn", "In two minutes", "Times", "Cheap", "The gap"):
        assert words in page


def test_who_is_locked_out_is_offered_no_act(owner_at_desk: Client, issue: Issue) -> None:
    url = f"/desk/issues/edit/{issue.pk}/"
    assert 'name="action-send"' in owner_at_desk.get(url).content.decode()
    other = User.objects.create_user(email="clara@example.org", role=Role.EDITOR)
    Issue.objects.update(locked=True, locked_by=other, locked_at=timezone.now())
    page = owner_at_desk.get(url).content.decode()
    assert "was locked" in page
    assert 'name="action-send"' not in page
    assert 'name="action-mark-ready"' not in page
