"""One issue on the web."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from masthead.issues.content import Person, Picture
from masthead.issues.models import TakenNumber
from tests.web.pages import parsed, words

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_issue_and_tells_machines_the_same(visitor: Client, publish: Any) -> None:
    people = (Person(name="Ada Lang", url="https://ada.example/"), Person(name="Bo Reed", role="photos"))
    lead = Picture(url="http://127.0.0.1:8000/m/abc.jpg", width=1200, height=630, alt="The ferry at dawn")
    publish(1971, "Tides & ferries", people=people, lead=lead)
    response = visitor.get("/issues/1971/")
    assert response.status_code == 200
    page = parsed(response)
    assert page.title is not None
    assert page.title.string == "Tides & ferries: The Courier No. 1971"
    assert page.select_one("link[rel=canonical]")["href"] == "http://127.0.0.1:8000/issues/1971/"
    meta = {m.get("property") or m.get("name"): m["content"] for m in page.select("meta[content]")}
    assert meta["og:title"] == page.h1.get_text() == "Tides & ferries"
    assert meta["og:image"] == lead.url
    assert meta["og:image:alt"] == "The ferry at dawn"
    assert meta["citation_issue"] == "1971"
    assert meta["citation_publication_date"] == "2026/11/20"
    assert meta["citation_author"] == "Ada Lang"
    data = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert data["@type"] == "Article"
    assert data["headline"] == "Tides & ferries"
    assert data["author"] == [{"@type": "Person", "name": "Ada Lang", "url": "https://ada.example/"}]
    assert data["isPartOf"]["issueNumber"] == "1971"
    assert data["isPartOf"]["isPartOf"]["name"] == "The Courier"
    assert data["datePublished"].startswith("2026-11-20")
    assert "robots" not in meta
    share = [a["href"] for a in page.select(".share a")]
    assert share[0] == "https://www.facebook.com/sharer/sharer.php?u=http%3A%2F%2F127.0.0.1%3A8000%2Fissues%2F1971%2F"
    assert "Vary" not in response.headers or "Cookie" not in response.headers["Vary"]
    assert not response.cookies


def test_hostile_words_end_no_element(visitor: Client, publish: Any) -> None:
    title = "</title></script><script>alert(1)</script>\" onload='x' \u202e{{7*7}}"
    publish(1971, title, excerpt=title, people=(Person(name="</script><svg onload=alert(1)>"),))
    for path in ("/issues/1971/", "/", "/issues/", "/share/mastodon/1971/", "/issues/?q=script"):
        page = parsed(visitor.get(path))
        assert not page.select("svg:not(.icon), svg[onload]")
    data = json.loads(parsed(visitor.get("/issues/1971/")).select_one("script").string)
    assert data["author"][0]["name"] == "</script><svg onload=alert(1)>"


def test_an_issue_in_another_language_decides_language_and_direction_of_its_page(visitor: Client, publish: Any) -> None:
    publish(1972, "جزر و مد", language="fa", excerpt="کشتی دوباره می‌رود.")
    response = visitor.get("/issues/1972/")
    page = parsed(response)
    assert (page.html["lang"], page.html["dir"]) == ("fa", "rtl")
    assert response.headers["Content-Language"] == "fa"
    front = parsed(visitor.get("/"))
    assert (front.html["lang"], front.html["dir"]) == ("en", "ltr")
    assert front.select_one("article.lead")["dir"] == "rtl"


def test_a_translation_has_its_own_address_and_both_name_each_other(visitor: Client, publish: Any) -> None:
    original = publish(1971)
    publish(1971, "Marées", language="fr", translation_of=original.issue, slug="marees")
    page = parsed(visitor.get("/issues/1971/fr/"))
    assert page.html["lang"] == "fr"
    languages = {link["hreflang"]: link["href"] for link in page.select("link[hreflang]")}
    assert languages == {
        "en": "http://127.0.0.1:8000/issues/1971/",
        "fr": "http://127.0.0.1:8000/issues/1971/fr/",
        "x-default": "http://127.0.0.1:8000/issues/1971/",
    }
    assert parsed(visitor.get("/issues/1971/")).select("link[hreflang=fr]")
    assert visitor.get("/issues/1971/en/").headers["Location"] == "/issues/1971/"
    assert visitor.get("/issues/1971/de/").status_code == 404


def test_short_and_spoken_addresses_lead_to_the_page(visitor: Client, publish: Any) -> None:
    publish(1971)
    assert visitor.get("/1971").headers["Location"] == "/issues/1971/"
    assert visitor.get("/issues/1971/tides/").headers["Location"] == "/issues/1971/"
    assert visitor.get("/issues/1971/other/").status_code == 404
    assert visitor.get("/issues/99999999999999999999999999/").status_code == 404


def test_nothing_is_public_before_its_time(visitor: Client, publish: Any) -> None:
    soon = publish(1972, "Not yet", at=timezone.now() + timedelta(minutes=5))
    publish(1973, "A rehearsal", is_test=True)
    publish(1974, "A draft frozen", at=None, slug="drafted")
    publish(1975, "By mail alone", visibility="mail_only")
    publish(1971, "Here")
    for number in (1972, 1973, 1974, 1975):
        for path in (f"/issues/{number}/", f"/issues/{number}/as-sent/", f"/{number}", f"/issues/{number}/{soon.slug}/"):
            assert visitor.get(path).status_code == 404, path
        assert visitor.get(f"/share/mastodon/{number}/").status_code == 404
    for path in ("/", "/issues/", "/issues/year/2026/", "/feed.atom", "/feed.rss", "/feed.json", "/sitemap.xml", "/issues/?q=e"):
        text = visitor.get(path).content.decode()
        for hidden in ("Not yet", "A rehearsal", "A draft frozen", "By mail alone"):
            assert hidden not in text, (path, hidden)
        assert "1972" not in text


def test_an_unlisted_issue_is_only_for_those_with_its_address(visitor: Client, publish: Any) -> None:
    publish(1971, "Under the counter", visibility="unlisted")
    response = visitor.get("/issues/1971/")
    assert response.status_code == 200
    assert response.headers["X-Robots-Tag"] == "noindex"
    for path in ("/", "/issues/", "/feed.atom", "/sitemap.xml"):
        assert "Under the counter" not in visitor.get(path).content.decode()


def test_an_issue_for_readers_asks_to_sign_in_and_then_opens(visitor: Client, publish: Any, reader: Any, leaver: Any) -> None:
    publish(1971, "For you", visibility="readers", text="<p>The inner text.</p>")
    response = visitor.get("/issues/1971/")
    assert "For you" in words(response)
    assert "The inner text" not in response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert visitor.get("/issues/1971/as-sent/").headers["Location"] == "/issues/1971/"
    assert "The inner text" not in visitor.get("/feed.atom").content.decode()
    for who, opens in ((reader, True), (leaver, False)):
        session = visitor.session
        session["reader_id"], session["reader_since"] = who.pk, timezone.now().isoformat()
        session.save()
        assert ("The inner text" in visitor.get("/issues/1971/").content.decode()) is opens


def test_a_correction_stands_above_the_text_and_the_mail_stays_as_it_was_sent(
    visitor: Client, publish: Any, deliver: Any, reader: Any, mailing_list: Any
) -> None:
    first = publish(1971, "Tides", text="<p>Ferry at noon.</p>")
    deliver(first, reader, mailing_list)
    publish(1971, "Tides", text="<p>Ferry at one.</p>", version=2, issue=first.issue, correction="The ferry runs at one.")
    page = words(visitor.get("/issues/1971/"))
    assert "Corrected on 20 November 2026: The ferry runs at one." in page
    assert "Ferry at one." in page
    sent = visitor.get("/issues/1971/as-sent/").content.decode()
    assert "Ferry at noon." in sent
    assert "Ferry at one." not in sent


def test_the_mail_as_sent_has_its_own_origin_and_nobodys_links(visitor: Client, publish: Any) -> None:
    publish(1971, text='<p>Dear {{ name | "friend & reader" }}</p>')
    response = visitor.get("/issues/1971/as-sent/")
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert response.headers["X-Robots-Tag"] == "noindex"
    text = response.content.decode()
    assert "{{" not in text
    assert "Dear friend &amp; reader" in text
    assert 'href="http://127.0.0.1:8000/account/"' in text


def test_a_withdrawn_number_is_gone_for_ever_and_says_so(visitor: Client, publish: Any, publication: Any) -> None:
    publish(1969)
    publish(1971)
    TakenNumber.objects.create(
        publication=publication,
        number=1970,
        taken_at=timezone.now(),
        withdrawn_at=timezone.now(),
        reason="It named a person who asked not to be named.",
    )
    for path in ("/issues/1970/", "/1970", "/issues/1970/as-sent/"):
        response = visitor.get(path)
        assert response.status_code == 410
        page = words(response)
        assert "No. 1970 was withdrawn on" in page
        assert "asked not to be named" in page
        assert "Previous: No. 1969" in page
        assert "Next: No. 1971" in page


def test_a_number_passed_over_says_so_and_one_that_may_come_does_not(visitor: Client, publish: Any, publication: Any) -> None:
    publish(1969)
    publish(1972)
    TakenNumber.objects.create(publication=publication, number=1971, taken_at=timezone.now())  # scheduled, or not for everybody
    response = visitor.get("/issues/1970/")
    page = words(response)
    assert response.status_code == 410
    assert "Not published here." in page
    assert "Previous: No. 1969" in page
    assert "Next: No. 1972" in page
    for number in (1968, 1971, 1973):
        assert visitor.get(f"/issues/{number}/").status_code == 404


def test_previous_and_next_are_the_listed_neighbours(visitor: Client, publish: Any) -> None:
    publish(1969, "Before")
    publish(1970, "Between", visibility="unlisted")
    publish(1971, "Here")
    page = parsed(visitor.get("/issues/1971/"))
    assert page.select_one("a[rel=prev]")["href"] == "/issues/1969/"
    assert page.select_one("a[rel=next]") is None
