"""Several publications in one install: each at its own host or path, with its own issues, look, lists and files."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from masthead.audience.models import MailingList, Subscription
from masthead.issues.models import Publication
from masthead.issues.picture import Picture
from masthead.web.portal import preferences_form
from masthead.web.portal.frame import offered_lists
from tests.web.conftest import ORIGIN, publish_edition
from tests.web.pages import parsed, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(publication: Publication) -> Any:
    """A function: address → a second publication there, with No. 7."""

    def made(url: str) -> Publication:
        made = Publication.objects.create(
            name="Le Quai", slug="quai", language="fr", base_url=url, from_address="quai@example.org", accent="#8a1c3b",
            tag_authority="example.org,2026", share_mail=["facebook"], share_web=["facebook", "mastodon"], is_live=True,
        )  # fmt: skip
        made.lists.add(MailingList.objects.create(name="Les lecteurs", slug="lecteurs", is_public=True))
        publish_edition(made, 7, "Le phare", language="fr")
        return made

    return made


@pytest.mark.parametrize(
    ("url", "host"), [("http://127.0.0.1:8000/quai", "127.0.0.1:8000"), ("https://quai.example", "quai.example")]
)
def test_each_shows_its_own_issues_in_its_own_look(publication: Any, publish: Any, second: Any, url: str, host: str) -> None:
    publish(1970, "Tides")
    second(url)
    below = "/quai" if url.endswith("/quai") else ""
    visitor = Client(HTTP_HOST=host)
    front = parsed(visitor.get(f"{below}/"))
    assert (front.html["lang"], front.select_one(".masthead-name a")["href"]) == ("fr", f"{below}/")
    assert "Le phare" in front.get_text()
    assert "Tides" not in front.get_text()
    loaded = [link["href"] for link in front.select("link[rel=stylesheet], link[rel=icon]")]
    assert all(href.startswith(f"{below}/") for href in loaded)
    assert f"{below}/theme/8a1c3b.css" in loaded
    assert [visitor.get(href).status_code for href in loaded] == [200, 200, 200]
    page = parsed(visitor.get(f"{below}/issues/7/"))
    assert page.select_one("link[rel=canonical]")["href"] == f"{url}/issues/7/"
    assert visitor.get(f"{below}/issues/1970/").status_code == 404
    assert "Les lecteurs" not in words(Client(HTTP_HOST="127.0.0.1:8000").get("/subscribe/"))
    assert f"{url}/issues/7/" in visitor.get(f"{below}/feed.atom").content.decode()
    first = Client(HTTP_HOST="127.0.0.1:8000")
    assert first.get("/issues/7/").status_code == 404
    assert "Tides" in words(first.get("/"))


def test_what_a_page_or_mail_links_to_below_a_path_is_there(second: Any) -> None:
    quai = second("http://127.0.0.1:8000/quai")
    visitor = Client(HTTP_HOST="127.0.0.1:8000")
    pages, seen = ["/quai/"], set()
    while pages:
        path = pages.pop()
        seen.add(path)
        response = visitor.get(path)
        assert response.status_code in {200, 302}, path
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html") and "as-sent" not in path:
            links = [a["href"].partition("#")[0].partition("?")[0] for a in parsed(response).select("a[href^='/']")]
            assert all(link.startswith("/quai/") for link in links), links
            pages += [link for link in dict.fromkeys(links) if link not in seen]
    assert len(seen) > 8
    icons = [part.split('"')[0] for part in quai.editions.get().mail_html_full.split('src="')[1:]]
    assert icons
    assert {visitor.get(icon.removeprefix(ORIGIN)).status_code for icon in icons} == {200}


def test_forms_below_a_path_are_sent_below_it(second: Any, patient: Any) -> None:
    second("http://127.0.0.1:8000/quai")
    visitor = Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1:8000")
    sent = visitor.post("/quai/subscribe/", {"address": "rosa@example.org", "stamp": patient(), "website": ""})
    assert sent.status_code == 200
    assert MailingList.objects.get(slug="lecteurs").subscriptions.count() == 1


def test_the_root_of_a_host_where_all_live_on_paths_leads_there(second: Any, publication: Any) -> None:
    quai = second("https://press.example/quai")
    visitor = Client(HTTP_HOST="press.example")
    assert visitor.get("/").headers["Location"] == "https://press.example/quai/"
    Publication.objects.filter(pk=publication.pk).update(base_url="https://press.example/courier")
    page = parsed(visitor.get("/"))
    assert [a["href"] for a in page.select("a.teaser-title")] == ["https://press.example/quai/", "https://press.example/courier/"]
    assert quai.name in page.get_text()
    assert visitor.get("/quai").status_code == 200


def test_who_comes_by_a_former_address_is_led_on_and_a_mail_program_is_answered(
    publication: Any, publish: Any, deliver: Any, reader: Any, mailing_list: Any
) -> None:
    from masthead.mail import sealing

    delivery = deliver(publish(1970, "Tides"), reader, mailing_list)
    publication.former_urls = ["https://old.example/courier"]
    publication.base_url = "https://courier.example"
    publication.save()
    old = Client(HTTP_HOST="old.example")
    assert old.get("/courier/issues/1970/?q=1").headers["Location"] == "https://courier.example/issues/1970/?q=1"
    token = sealing.seal(sealing.UNSUBSCRIBE, delivery.pk)
    answer = old.post(f"/courier/u/{token}", b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert reader.subscriptions.get().state == "left"


def test_there_is_no_second_desk_below_a_path(second: Any) -> None:
    second("http://127.0.0.1:8000/quai")
    assert Client(HTTP_HOST="127.0.0.1:8000").get("/quai/desk/").status_code == 404
    assert Client(HTTP_HOST="127.0.0.1:8000").get("/desk/").status_code == 302


def test_a_reader_sees_and_changes_the_lists_of_one_publication_at_its_address(
    publication: Publication, second: Any, make_subscriber: Any, now: Any
) -> None:
    quai, first = second("https://quai.example"), publication.lists.get()
    reader = make_subscriber("both@example.org", first)
    MailingList.objects.create(name="Neighbours", slug="neighbours", is_public=True)
    Subscription.objects.create(subscriber=reader, list=quai.lists.get(), state=Subscription.State.ACTIVE, since=now)
    choices = preferences_form.shown(reader, quai)["list_choices"]
    assert [(entry.name, on) for entry, on in choices] == [("Les lecteurs", True)]
    preferences_form.save(subscriber=reader, publication=quai, data=QueryDict("holds=full"), now=now, with_name=False)
    active = reader.subscriptions.filter(state=Subscription.State.ACTIVE)
    assert [subscription.list for subscription in active] == [first]


def test_without_lists_of_its_own_a_publication_offers_those_of_none(publication: Publication, second: Any) -> None:
    quai = second("https://quai.example")
    quai.lists.clear()
    MailingList.objects.create(name="Neighbours", slug="neighbours", is_public=True)
    assert {entry.name for entry in offered_lists(quai)} == {"Les lecteurs", "Neighbours"}
    assert {entry.name for entry in offered_lists(publication)} == {"The Courier"}


def test_pictures_are_found_where_the_publication_lives_today(visitor: Client, publish: Any, publication: Any) -> None:
    name, other = "a" * 64 + ".jpg", "b" * 64 + ".jpg"
    old = "https://old.example/courier"
    publication.base_url = old
    publication.save()
    picture = Picture(url=f"{old}/m/{name}", width=1200, height=630, alt="The ferry at dawn")
    edition = publish(1971, "Tides", lead=picture, text=f"<p>See <a href='https://else.example/m/{other}'>it</a>.</p>")
    edition.assets.create(name=name, content_type="image/jpeg", size=8)
    publication.base_url = ""
    publication.save()
    today = f"http://127.0.0.1:8000/m/{name}"
    sent = visitor.get("/issues/1971/as-sent/").content.decode()
    assert f'src="{today}"' in sent
    assert f"https://else.example/m/{other}" in sent, "what is not ours stays where it is"
    assert parsed(visitor.get("/issues/1971/")).select_one("meta[property='og:image']")["content"] == today
    for feed in ("feed.atom", "feed.rss", "feed.json"):
        text = visitor.get(f"/{feed}").content.decode()
        assert today in text
        assert f"{old}/m/" not in text
