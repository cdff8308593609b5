"""Atom, RSS, JSON Feed, sitemap, robots.txt, frozen media."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from masthead.issues.content import Person

pytestmark = pytest.mark.django_db
FEEDS = ("/feed.atom", "/feed.rss", "/feed.json")


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.rss"])
def test_a_feed_reader_understands_every_entry(visitor: Client, publish: Any, path: str) -> None:
    publish(1970, "Older", text="<p>Old.</p>")
    publish(1971, "Tides & <ferries>\x07", text="<p>The <b>ferry</b> runs.</p>", people=(Person(name="Ada Lang"),))
    response = visitor.get(path)
    found = feedparser.parse(response.content)
    assert not found.bozo
    assert found.feed.title == "The Courier"
    assert [entry.id for entry in found.entries] == ["tag:example.org,2026:courier/1971", "tag:example.org,2026:courier/1970"]
    entry = found.entries[0]
    assert entry.link == "http://127.0.0.1:8000/issues/1971/"
    assert "<strong>ferry</strong>" in entry.content[0].value or "<b>ferry</b>" in entry.content[0].value
    assert entry.author == "Ada Lang"
    assert entry.published_parsed[:3] == (2026, 11, 20)


def test_the_json_feed_has_what_its_version_asks_for(visitor: Client, publish: Any) -> None:
    publish(1971, "Tides", people=(Person(name="Ada Lang", url="https://ada.example/"),))
    response = visitor.get("/feed.json")
    assert response.headers["Content-Type"].startswith("application/feed+json")
    feed = json.loads(response.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://127.0.0.1:8000/feed.json"
    (item,) = feed["items"]
    assert item["id"] == "tag:example.org,2026:courier/1971"
    assert item["_masthead"] == {"number": 1971, "label": "1971"}
    assert item["authors"] == [{"name": "Ada Lang", "url": "https://ada.example/"}]


def test_every_document_has_what_its_standard_requires(visitor: Client, publish: Any) -> None:
    for number in range(1, 46):
        publish(number, f"No. {number} & <more>", slug=f"i{number}", text="<p>Text.</p>", excerpt="" if number % 2 else "Short.")
    paths, checked = ["/feed"], []
    while paths:
        stem = paths.pop()
        atom = ET.fromstring(visitor.get(f"{stem}.atom").content)
        assert lacking_in_atom(atom, f"http://127.0.0.1:8000{stem}.atom") == [], stem
        assert lacking_in_rss(ET.fromstring(visitor.get(f"{stem}.rss").content)) == [], stem
        assert lacking_in_json(json.loads(visitor.get(f"{stem}.json").content)) == [], stem
        links = {link.get("rel"): str(link.get("href")) for link in atom.findall(f"{ATOM}link")}
        assert ("current" in links) == bool(checked)
        if "prev-archive" in links:
            paths.append(links["prev-archive"].removeprefix("http://127.0.0.1:8000").removesuffix(".atom"))
        checked.append(stem)
    assert len(checked) == 3


def test_what_looks_for_lacks_in_feeds_finds_some() -> None:
    assert lacking_in_atom(ET.fromstring(f'<feed xmlns="{ATOM[1:-1]}"><entry/></feed>'), "") != []
    assert lacking_in_rss(ET.fromstring("<rss><channel><item/></channel></rss>")) != []
    assert lacking_in_json({"items": [{"id": 1}]}) != []


ATOM = "{http://www.w3.org/2005/Atom}"


def lacking_in_atom(feed: ET.Element, address: str) -> list[str]:
    """What RFC 4287, sections 4.1.1 and 4.1.2, requires and `feed` has not, or has twice."""
    lacks = [name for name in ("id", "title", "updated") if len(feed.findall(ATOM + name)) != 1]
    if [link.get("href") for link in feed.findall(f"{ATOM}link[@rel='self']")] != [address]:
        lacks.append("link to itself")
    for entry in feed.findall(f"{ATOM}entry"):
        lacks += [f"entry: {name}" for name in ("id", "title", "updated") if len(entry.findall(ATOM + name)) != 1]
        if not [*feed.findall(f"{ATOM}author/{ATOM}name"), *entry.findall(f"{ATOM}author/{ATOM}name")]:
            lacks.append("entry: author")
        if len([link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]) != 1:
            lacks.append("entry: link")
    return lacks


def lacking_in_rss(feed: ET.Element) -> list[str]:
    """What RSS 2.0 requires of a channel and its items."""
    lacks = [name for name in ("title", "link", "description") if feed.find(f"channel/{name}") is None]
    for item in feed.findall("channel/item"):
        lacks += [f"item: {name}" for name in ("guid",) if item.find(name) is None]
        if item.find("title") is None and item.find("description") is None:
            lacks.append("item: title or description")
    return lacks


def lacking_in_json(feed: dict[str, Any]) -> list[str]:
    """What JSON Feed 1.1 requires."""
    lacks = [name for name in ("version", "title", "items") if not feed.get(name)]
    for item in feed.get("items", []):
        if not isinstance(item.get("id"), str):
            lacks.append("item: id")
        if "content_html" not in item and "content_text" not in item:
            lacks.append("item: content")
    return lacks


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_that_did_not_change_is_not_sent_again(visitor: Client, publish: Any, path: str) -> None:
    first = publish(1971)
    response = visitor.get(path)
    by_etag = visitor.get(path, headers={"If-None-Match": response.headers["ETag"]})
    by_date = visitor.get(path, headers={"If-Modified-Since": response.headers["Last-Modified"]})
    assert (by_etag.status_code, by_date.status_code) == (304, 304)
    assert by_etag.content == b""
    publish(1971, "Tides", text="<p>Other.</p>", version=2, issue=first.issue, correction="The hour was wrong.")
    changed = visitor.get(path, headers={"If-None-Match": response.headers["ETag"]})
    assert changed.status_code == 200
    assert b"Other." in changed.content


def test_a_feed_is_never_kept_past_the_next_issue(visitor: Client, publish: Any) -> None:
    publish(1971)
    assert visitor.get("/feed.atom").headers["Cache-Control"] == "public, max-age=300"
    publish(1972, "Soon", at=timezone.now() + timedelta(seconds=20))
    seconds = int(visitor.get("/feed.atom").headers["Cache-Control"].rpartition("=")[2])
    assert 0 <= seconds <= 20


def test_a_feed_holds_the_newest_twenty_and_what_was_corrected_lately(visitor: Client, publish: Any) -> None:
    for number in range(1, 25):
        edition = publish(number, f"Issue {number}", slug=f"i{number}")
        if number == 2:
            second = edition
    now = timezone.now()
    publish(2, "Issue 2", version=2, issue=second.issue, at=now - timedelta(days=2), correction="A name was wrong.")
    numbers = [item["_masthead"]["number"] for item in json.loads(visitor.get("/feed.json").content)["items"]]
    assert numbers == [*range(24, 4, -1), 2]


def test_a_language_has_feeds_of_its_own(visitor: Client, publish: Any) -> None:
    original = publish(1971)
    publish(1971, "Marées", language="fr", translation_of=original.issue)
    assert "Marées" in visitor.get("/fr/feed.atom").content.decode()
    assert "Marées" not in visitor.get("/feed.atom").content.decode()
    assert visitor.get("/de/feed.atom").status_code == 404


def test_the_sitemap_lists_what_is_for_everyone(visitor: Client, publish: Any) -> None:
    publish(1970, "For readers", visibility="readers")
    publish(1971)
    root = ET.fromstring(visitor.get("/sitemap.xml").content)
    found = [loc.text for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert "http://127.0.0.1:8000/issues/1971/" in found
    assert "http://127.0.0.1:8000/issues/1970/" not in found
    assert "Disallow: /u/" in visitor.get("/robots.txt").content.decode()


def test_a_frozen_file_is_served_as_what_it_is_and_kept_for_ever(visitor: Client, publish: Any) -> None:
    from masthead.issues.models import EditionAsset

    name = "a" * 64 + ".png"
    folder = settings.DATA / "media-frozen"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"\x89PNG....")
    EditionAsset.objects.create(edition=publish(1971), name=name, content_type="image/png", size=8)
    response = visitor.get(f"/m/{name}")
    assert b"".join(response.streaming_content) == b"\x89PNG...."
    assert response.headers["Content-Type"] == "image/png"
    assert "immutable" in response.headers["Cache-Control"]
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.get(f"/m/{name}", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert visitor.get("/m/" + "b" * 64 + ".png").status_code == 404
    assert visitor.get("/m/..%2Ftoken.key").status_code == 404


def test_the_archive_of_a_feed_can_be_walked_to_the_first_issue(visitor: Client, publish: Any) -> None:
    for number in range(1935, 1984):
        publish(number, f"Issue {number}", slug=f"i{number}")
    for path in ("/feed.atom", "/feed.rss"):
        seen, document, steps = [], feedparser.parse(visitor.get(path).content), 0
        assert "fh_archive" not in document.feed
        while True:
            seen += [int(entry.id.rpartition("/")[2]) for entry in document.entries]
            links = {link.rel: link.href for link in document.feed.links}
            if "prev-archive" not in links:
                break
            steps += 1
            here, document = links["self"], feedparser.parse(visitor.get(_path(links["prev-archive"])).content)
            assert not document.bozo
            found = {link.rel: link.href for link in document.feed.links}
            assert "fh_archive" in document.feed
            assert found["current"].endswith(path)
            assert found.get("next-archive", here if steps > 1 else None) == (here if steps > 1 else None)
        assert (steps, sorted(set(seen))) == (3, list(range(1935, 1984)))


def test_the_archive_of_the_json_feed_goes_on_by_next_url(visitor: Client, publish: Any) -> None:
    for number in range(1, 64):
        publish(number, f"Issue {number}", slug=f"i{number}")
    seen, address = [], "/feed.json"
    while address:
        feed = json.loads(visitor.get(_path(address)).content)
        seen += [item["_masthead"]["number"] for item in feed["items"]]
        address = feed.get("next_url", "")
    assert sorted(set(seen)) == list(range(1, 64))


def test_an_archive_document_waits_for_the_last_of_its_numbers(visitor: Client, publish: Any) -> None:
    for number in range(1, 42):
        if number != 7:
            publish(number, f"Issue {number}", slug=f"i{number}")
    late = publish(7, "Late", at=timezone.now() + timedelta(days=1))
    assert visitor.get("/feed/archive/1.atom").status_code == 404
    assert b"/issues/3/" in visitor.get("/feed.atom").content  # in no archive yet, so the feed itself still has it
    late.issue.public_from = timezone.now() - timedelta(days=90)
    late.issue.save(update_fields=["public_from"])
    assert b"Late" in visitor.get("/feed/archive/1.atom").content
    assert visitor.get("/feed/archive/3.atom").status_code == 404  # the newest block is never finished
    before = visitor.get("/feed/archive/1.atom").content
    publish(42, "Newer", slug="newer")
    assert visitor.get("/feed/archive/1.atom").content == before


def test_the_archive_of_a_private_issue_tells_no_text_and_that_of_a_withdrawn_one_nothing(visitor: Client, publish: Any) -> None:
    from masthead.issues.models import TakenNumber

    publication = publish(1, "Secret", text="<p>Only for readers.</p>", visibility="readers").publication
    publish(2, "Hidden", visibility="unlisted")
    TakenNumber.objects.create(publication=publication, number=3, taken_at=timezone.now(), withdrawn_at=timezone.now())
    publish(21)
    for ending in ("atom", "rss", "json"):
        content = visitor.get(f"/feed/archive/1.{ending}").content
        assert b"Secret" in content
        assert b"Only for readers" not in content
        assert b"Hidden" not in content


def test_a_gap_that_is_filled_late_is_news_once_more(visitor: Client, publish: Any) -> None:
    for number in range(1, 50):
        if number != 3:
            publish(number, f"Issue {number}", slug=f"i{number}")
    publish(3, "Found again", at=timezone.now() - timedelta(days=1))
    assert b"Found again" in visitor.get("/feed.atom").content
    assert b"Found again" in visitor.get("/feed/archive/1.atom").content


def _path(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")
