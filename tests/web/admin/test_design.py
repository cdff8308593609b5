"""The design of a publication: looked at before it is saved, and then seen in mails and pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from masthead.issues import reading, settling
from masthead.issues.content import digest
from masthead.issues.models import Issue, Publication
from masthead.issues.publications import BadPublication
from masthead.issues.rendering.edition import render
from masthead.team.models import Role
from masthead.web.site.theme import stylesheet

pytestmark = pytest.mark.django_db


def shown(client: Client, publication: Publication) -> dict[str, Any]:
    """What a browser would post back, unchanged."""
    form = client.get(f"/desk/publications/{publication.pk}/design/").context["form"]
    values = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, "", False)}


def test_a_form_sent_back_unchanged_changes_nothing(owner_at_desk: Client, publication: Publication) -> None:
    url = f"/desk/publications/{publication.pk}/design/"
    settling.change(
        publication=publication,
        values={"night_accent": "#9cc4f2", "texts": {"fa": {"footer": "خبرهای مصب"}}, "share_web": ["email", "copy", "facebook"]},
        by="staff:1",
        now=publication.created_at,
    )
    before = Publication.objects.values().get()
    assert owner_at_desk.post(url, shown(owner_at_desk, publication)).status_code == 302
    assert Publication.objects.values().get() == before


def test_everything_is_kept_in_the_order_given(owner_at_desk: Client, publication: Publication) -> None:
    data = shown(owner_at_desk, publication) | {
        "accent": "#AA3300",
        "night_own": "on",
        "night_accent": "#ffcc99",
        "typeface": "palatino",
        "share_web": ["copy", "mastodon", "facebook"],
        "follow_mastodon": "https://sea.example/@courier",
        "text_sign_up_fr": " Chaque lundi. ",
    }
    assert owner_at_desk.post(f"/desk/publications/{publication.pk}/design/", data).status_code == 302
    publication.refresh_from_db()
    assert (publication.accent, publication.night_accent, publication.typeface) == ("#aa3300", "#ffcc99", "palatino")
    assert publication.share_web == ["copy", "mastodon", "facebook"]
    assert publication.follow == [{"network": "mastodon", "url": "https://sea.example/@courier"}]
    assert publication.texts == {"fr": {"sign_up": "Chaque lundi."}}


@pytest.mark.parametrize(
    ("field", "value"),
    [("accent", "red"), ("typeface", "comic"), ("follow_facebook", "https://evil.example/facebook"), ("share_web", "pigeon"),
     ("text_footer_en", "x" * 601), ("logo", "999")],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_and_nothing_is_kept(
    owner_at_desk: Client, publication: Publication, field: str, value: str
) -> None:
    before = Publication.objects.values().get()
    data = shown(owner_at_desk, publication) | {"tagline": "New", field: value}
    assert owner_at_desk.post(f"/desk/publications/{publication.pk}/design/", data).status_code == 422
    assert Publication.objects.values().get() == before


def test_no_other_door_leads_past_the_checks(publication: Publication, now: Any) -> None:
    for values in ({"accent": "red"}, {"typeface": "comic"}, {"texts": {"en": {"roof": "x"}}}, {"night_accent": "night"}):
        with pytest.raises(BadPublication):
            settling.change(publication=Publication.objects.get(), values=values, by="staff:1", now=now)


def test_the_picture_shows_what_is_not_saved_yet(owner_at_desk: Client, publication: Publication, issue: Issue) -> None:
    url = f"/desk/publications/{publication.pk}/design/look/"
    query = shown(owner_at_desk, publication) | {"accent": "#aa3300", "typeface": "verdana", "text_footer_en": "A <b>line</b>"}
    mail = owner_at_desk.get(url, query)
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    text = mail.content.decode()
    assert "#aa3300" in text
    assert "Verdana" in text
    assert "A &lt;b&gt;line&lt;/b&gt;" in text
    assert issue.title in text
    page = owner_at_desk.get(url, query | {"as": "page"}).content.decode()
    assert "--accent:#aa3300" in page
    assert "--serif:Verdana" in page
    assert "A &lt;b&gt;line&lt;/b&gt;" in page
    publication.refresh_from_db()
    assert publication.accent == "#1d4e89"


def test_day_and_night_are_asked_for_and_not_the_machines(owner_at_desk: Client, publication: Publication) -> None:
    url = f"/desk/publications/{publication.pk}/design/look/"
    day, night = (owner_at_desk.get(url, {"night": said}).content.decode() for said in ("", "yes"))
    assert "prefers-color-scheme:dark" not in day + night
    assert "@media (max-width:0)" in day
    assert "@media (min-width:0)" in night
    page = owner_at_desk.get(url, {"night": "yes", "as": "page"})
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert "prefers-color-scheme" not in page.content.decode()
    assert "(min-width:0)" in page.content.decode()


def test_a_half_typed_form_still_has_a_picture(owner_at_desk: Client, publication: Publication) -> None:
    url = f"/desk/publications/{publication.pk}/design/look/"
    query = {"accent": "#12", "typeface": "comic", "follow_facebook": "https://evil.example/", "logo": "x", "issue": ""}
    answer = owner_at_desk.get(url, query)
    assert answer.status_code == 200
    assert "evil.example" not in answer.content.decode()


def test_the_verdict_says_when_a_colour_is_too_weak(owner_at_desk: Client, publication: Publication) -> None:
    url = f"/desk/publications/{publication.pk}/design/verdict/"
    query = shown(owner_at_desk, publication)
    weak = owner_at_desk.get(url, query | {"accent": "#ffee00"}).content.decode()
    assert weak.count("too weak") == 1
    assert "#ffee00" in stylesheet("#ffee00").partition("@media")[2]
    good = owner_at_desk.get(url, query | {"accent": "#1d4e89", "night_own": "on", "night_accent": "#9cc4f2"}).content.decode()
    assert "too weak" not in good
    assert (
        "too weak"
        not in owner_at_desk.get(
            url, query | {"accent": "#000000", "night_own": "on", "night_accent": "#ffffff"}
        ).content.decode()
    )


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.READER_CARE])
def test_only_who_changes_publications_designs(at_desk: Callable[[Role], Client], publication: Publication, role: Role) -> None:
    client = at_desk(role)
    for part in ("", "look/", "verdict/"):
        assert client.get(f"/desk/publications/{publication.pk}/design/{part}").status_code == 403


def test_an_upgrade_makes_nothing_ready_unready(publication: Publication, issue: Issue, now: Any) -> None:
    """Digests of issues marked ready before there was a design say the same as now."""
    import dataclasses

    content = reading.read(reading.newest(issue), now=now).content
    spoken = dataclasses.replace(content, masthead=dataclasses.replace(content.masthead, typeface="times"))
    assert digest(content) != digest(spoken)
    assert "typeface" not in str(_said(content))
    assert "typeface" in str(_said(spoken))


def _said(content: Any) -> Any:
    from masthead.issues.content import _plain

    return _plain(content)


def test_own_words_are_in_the_language_of_the_issue(publication: Publication, issue: Issue, now: Any) -> None:
    publication.texts = {"en": {"footer": "Printed on no paper."}, "fa": {"footer": "بی کاغذ"}}
    publication.save()
    for language, words in (("en", "Printed on no paper."), ("fa", "بی کاغذ"), ("de", "Printed on no paper.")):
        draft = reading.newest(issue)
        draft.language, draft.publication = language, publication
        made = render(reading.read(draft, now=now).content)
        assert words in made.mail_html_full
        assert words in made.text_full
