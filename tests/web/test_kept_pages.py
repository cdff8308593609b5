"""Pages kept in memory: fast, never stale, never anybody's own (security rule S27)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.asgi import get_asgi_application
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from masthead.issues import settling
from masthead.issues.models import TakenNumber
from masthead.web.front import Front
from masthead.web.kept_pages import CHECKED_FOR, LONGEST, PAGES, KeptPages, Key, Page

pytestmark = pytest.mark.django_db


class Clock:
    """Seconds that pass when told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The pages are kept, and their time stands still."""
    settings.KEEP_PAGES = True
    found = Clock()
    monkeypatch.setattr(PAGES, "clock", found)
    PAGES.forget()
    yield found
    PAGES.forget()


def later(clock: Clock) -> None:
    clock.now += CHECKED_FOR + 0.1


@pytest.mark.parametrize("path", ["/", "/issues/", "/issues/1971/", "/issues/year/2026/", "/feed.atom", "/sitemap.xml"])
def test_a_page_asked_for_again_costs_no_query(
    visitor: Client, publish: Any, clock: Clock, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publish(1971)
    first = visitor.get(path)
    with django_assert_num_queries(0):
        again = visitor.get(path)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_a_new_edition_a_correction_and_a_withdrawal_are_seen(visitor: Client, publish: Any, clock: Clock) -> None:
    edition = publish(1971)
    assert "Second" not in visitor.get("/issues/").content.decode()
    publish(1972, "Second")
    later(clock)
    assert "Second" in visitor.get("/issues/").content.decode()
    visitor.get("/issues/1971/")
    publish(1971, "Corrected title", version=2, issue=edition.issue, correction="The hour was wrong.")
    later(clock)
    assert "Corrected title" in visitor.get("/issues/1971/").content.decode()
    edition.issue.public_from = None
    edition.issue.save(update_fields=["public_from"])
    TakenNumber.objects.filter(number=1971).update(withdrawn_at=timezone.now(), reason="A name was printed by mistake.")
    later(clock)
    assert visitor.get("/issues/1971/").status_code == 410
    assert b"Corrected title" not in visitor.get("/issues/").content


def test_the_next_issue_is_seen_when_its_hour_comes(
    visitor: Client, publish: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(1971)
    publish(1972, "Tomorrow", at=timezone.now() + timedelta(days=1))
    assert b"Tomorrow" not in visitor.get("/").content
    then = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: then)
    later(clock)
    assert b"Tomorrow" in visitor.get("/").content


def test_a_change_of_the_publication_is_seen(visitor: Client, publish: Any, clock: Clock) -> None:
    publication = publish(1971).publication
    visitor.get("/")
    settling.change(publication=publication, values={"tagline": "Now in colour"}, by="staff:1", now=timezone.now())
    later(clock)
    assert b"Now in colour" in visitor.get("/").content


def test_what_was_posted_here_is_seen_at_once(visitor: Client, publish: Any, clock: Clock) -> None:
    publish(1971)
    visitor.get("/")
    publish(1972, "Just now")
    visitor.post("/subscribe/", {})
    assert b"Just now" in visitor.get("/").content


def test_an_issue_for_readers_is_never_kept(visitor: Client, publish: Any, clock: Clock, reader: Any) -> None:
    publish(1971, "Secret", text="<p>Only for readers.</p>", visibility="readers")
    stranger = visitor.get("/issues/1971/")
    assert b"Only for readers" not in stranger.content
    signed_in = Client(HTTP_HOST="127.0.0.1:8000")
    session = SessionStore()
    session["reader_id"], session["reader_since"] = reader.pk, timezone.now().isoformat()
    session.save()
    signed_in.cookies["masthead"] = session.session_key
    assert b"Only for readers" in signed_in.get("/issues/1971/").content
    assert b"Only for readers" not in visitor.get("/issues/1971/").content
    assert PAGES.get(Key("http", "127.0.0.1:8000", "/issues/1971/", False)) is None


def test_a_request_with_a_session_neither_fills_nor_reads_the_memory(visitor: Client, publish: Any, clock: Clock) -> None:
    publish(1971)
    visitor.cookies["masthead"] = "x"
    assert "ETag" not in visitor.get("/").headers
    assert PAGES.get(Key("http", "127.0.0.1:8000", "/", False)) is None


@pytest.mark.parametrize("path", ["/subscribe/", "/sign-in/", "/account/", "/desk/", "/issues/?q=tide", "/issues/9/"])
def test_forms_own_pages_searches_and_errors_are_not_kept(visitor: Client, publish: Any, clock: Clock, path: str) -> None:
    publish(1971)
    visitor.get(path)
    assert PAGES.get(Key("http", "127.0.0.1:8000", path.partition("?")[0], False)) is None


def test_a_client_that_has_the_page_is_told_so(visitor: Client, publish: Any, clock: Clock) -> None:
    publish(1971)
    first = visitor.get("/issues/1971/", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in first.headers["Vary"]
    again = visitor.get("/issues/1971/", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    publish(1972)
    later(clock)
    changed = visitor.get("/issues/1971/", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_feed_is_kept_no_longer_than_it_says_it_is_fresh(visitor: Client, publish: Any, clock: Clock) -> None:
    publish(1971)
    visitor.get("/feed.atom")
    clock.now += 299
    assert visitor.get("/feed.atom").headers["Age"] == "299"
    clock.now += 2
    assert visitor.get("/feed.atom").headers["Age"] == "0"


def test_the_front_answers_what_django_would(publish: Any, visitor: Client, clock: Clock) -> None:
    publish(1971)
    expected = visitor.get("/issues/1971/")
    front = Front(get_asgi_application())
    started, body = asyncio.run(_ask(front, "/issues/1971/", {}))
    assert (started["status"], body) == (200, expected.content)
    sent = {name.decode().title(): value.decode() for name, value in started["headers"]}
    assert sent["Content-Security-Policy"] == expected.headers["Content-Security-Policy"]
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert int(sent["Content-Length"]) == len(body)
    started, body = asyncio.run(_ask(front, "/issues/1971/", {b"if-none-match": expected.headers["ETag"].encode()}))
    assert (started["status"], body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/issues/1971/", {b"cookie": b"masthead=x"}),
        ("/issues/1971/", {b"authorization": b"Basic eDp5"}),
        ("/issues/1971/", {b"host": b"elsewhere.example"}),
        ("/issues/1970/", {}),
    ],
)
def test_the_front_leaves_the_rest_to_django(
    publish: Any, visitor: Client, clock: Clock, path: str, headers: dict[bytes, bytes]
) -> None:
    publish(1971)
    visitor.get("/issues/1971/")
    asked: list[str] = []

    async def django(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])

    asyncio.run(_ask(Front(django), path, headers))
    assert asked == [path]
    later(clock)
    asyncio.run(_ask(Front(django), "/issues/1971/", {}))
    assert asked == [path, "/issues/1971/"]


def test_a_page_begun_before_a_change_is_not_kept_after_it() -> None:
    pages = KeptPages(clock=Clock())
    before = pages.check(lambda: "old")
    pages.doubt()
    pages.check(lambda: "new")
    pages.put(Key("http", "h", "/", False), _page(b"old"), mark=before)
    assert pages.get(Key("http", "h", "/", False)) is None


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("masthead.web.kept_pages._MOST_BYTES", 2500)
    pages = KeptPages(clock=Clock())
    mark = pages.check(lambda: 1)
    keys = [Key("http", "h", f"/{n}", False) for n in range(3)]
    for key in keys:
        pages.put(key, _page(b"x" * 1000), mark=mark)
    assert [pages.get(key) is not None for key in keys] == [False, True, True]


def test_nothing_is_kept_for_ever() -> None:
    clock = Clock()
    pages = KeptPages(clock=clock)
    key = Key("http", "h", "/", False)
    pages.put(key, _page(b"x"), mark=pages.check(lambda: 1))
    clock.now += LONGEST + 1
    assert pages.get(key) is None


def _page(body: bytes) -> Page:
    return Page((), body, '"x"', 1000.0)


async def _ask(application: Any, path: str, headers: dict[bytes, bytes]) -> tuple[Any, bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": list({b"host": b"127.0.0.1:8000", **headers}.items()),
    }
    await application(scope, receive, send)
    return (sent[0] if sent else None), b"".join(message.get("body", b"") for message in sent[1:])
