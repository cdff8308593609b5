"""The site in a real browser: axe without findings, nothing from elsewhere, no sideways scrolling, small pages.

Pages and what they load are fetched first, then handed to the browser: it needs no server and reaches nothing else.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Route, expect, sync_playwright

from masthead.issues import numbering
from masthead.issues.blocks.heading import HeadingBlock
from masthead.issues.blocks.quote import QuoteBlock
from masthead.issues.blocks.text import TextBlock
from masthead.issues.content import Person

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
ORIGIN = "http://127.0.0.1:8000"
PATHS = (
    "/",
    "/issues/",
    "/issues/?q=ferry",
    "/issues/1971/",
    "/issues/1970/",
    "/subscribe/",
    "/sign-in/",
    "/nowhere/",
    "/share/mastodon/1971/",
)
#: What a page loads by itself.
LOADED = re.compile(r'(?:<link rel="(?:stylesheet|icon)"[^>]* href|<img[^>]* src|<script[^>]* src)="([^"]+)"')
TEXTS = {
    "en": ("Tides and ferries", "<p>The <a href='https://example.org/'>ferry</a> runs.</p>"),
    "fa": ("جزر و مد و Winter Ferry", "<p>کشتی دوباره می‌رود، و <a href='https://example.org/'>می‌گویند</a> چرا.</p>"),
}
Fetched = dict[str, tuple[bytes, str]]
#: What a page weighs at the first visit, fonts included and pictures not.
HEAVIEST = 60_000


@pytest.fixture(params=["en", "fa"])
def pages(request: pytest.FixtureRequest, visitor: Client, publication: Any, publish: Any, now: Any) -> Fetched:
    """Every page in a language, by its path, with what it loads: (content, type)."""
    publication.language = request.param
    publication.share_web = ["facebook", "mastodon", "bluesky", "email", "forward"]
    publication.follow = [{"network": "mastodon", "url": "https://social.example/@courier"}]
    publication.save()
    title, text = TEXTS[request.param]
    fields: dict[str, Any] = {"language": request.param, "people": (Person(name="Ada Lang"),)}
    gone = publish(1970, title, **fields)
    body = (HeadingBlock(title), *(TextBlock(text) for _ in range(40)), QuoteBlock(title))
    publish(1971, title, body=body, correction=title, **fields)
    numbering.withdraw(issue=gone.issue, reason="A name was printed by mistake.", by="staff:1", now=now)
    found = {path: _fetched(visitor, path) for path in PATHS}
    assert all(len(content) < HEAVIEST for content, _kind in found.values())
    for content, _kind in list(found.values()):
        for address in LOADED.findall(content.decode()):
            found[address] = _fetched(visitor, address)
    for font in Path(str(finders.find("site/fonts"))).iterdir():
        found[f"/static/site/fonts/{font.name}"] = (font.read_bytes(), "font/woff2")
    return found


def test_every_page_can_be_used_by_everyone(pages: Fetched) -> None:
    foreign: list[str] = []
    problems: list[str] = []

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        path = url.path + (f"?{url.query}" if url.query else "")
        if not route.request.url.startswith(ORIGIN) or path not in pages:
            foreign.append(route.request.url)
            route.abort()
            return
        content, kind = pages[path]
        route.fulfill(body=content, content_type=kind)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            tab = chromium.new_page(color_scheme=scheme)
            tab.route("**/*", answer)
            for path in PATHS:
                tab.set_viewport_size({"width": 1280, "height": 800})
                tab.goto(ORIGIN + path)
                for width in (1280, 320):
                    tab.set_viewport_size({"width": width, "height": 800})
                    problems += [f"{path} {scheme} {width}: {problem}" for problem in _problems(tab)]
            tab.close()
        bad = chromium.new_page()
        bad.set_content('<img src="data:,"><p style="width: 9999px">x</p>')
        assert len(_problems(bad)) > 1  # what looks for problems finds some where there are
        chromium.close()
    assert foreign == []
    assert problems == []


def test_a_first_visit_is_light(pages: Fetched) -> None:
    weights: dict[str, int] = {}

    def answer(route: Route) -> None:
        content, kind = pages.get(urlsplit(route.request.url).path, (b"", "text/plain"))
        route.fulfill(body=content, content_type=kind)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for path in ("/", "/issues/", "/issues/1971/", "/subscribe/"):
            asked: list[str] = []
            tab = chromium.new_context().new_page()
            tab.on("request", lambda request, asked=asked: asked.append(urlsplit(request.url).path))
            tab.route("**/*", answer)
            tab.goto(ORIGIN + path, wait_until="networkidle")
            assert any(each.endswith(".woff2") for each in asked)
            weights[path] = sum(_weight(each, *pages.get(each, (b"", ""))) for each in asked)
        chromium.close()
    assert {path: weight for path, weight in weights.items() if weight > HEAVIEST} == {}, weights


def _weight(path: str, content: bytes, kind: str) -> int:
    """Bytes over the line: static files are kept compressed beside, pages go as they are, pictures are not counted."""
    if kind.startswith("image/"):
        return 0
    return len(gzip.compress(content)) if path.startswith("/static/") and not path.endswith(".woff2") else len(content)


def test_on_paper_there_is_the_issue_and_where_its_links_lead(pages: Fetched) -> None:
    def answer(route: Route) -> None:
        content, kind = pages.get(urlsplit(route.request.url).path, (b"", "text/plain"))
        route.fulfill(body=content, content_type=kind)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = chromium.new_page()
        tab.route("**/*", answer)
        tab.goto(ORIGIN + "/issues/1971/")
        on_screen = [name for name in ONLY_ON_SCREEN if tab.locator(name).first.is_visible()]
        tab.emulate_media(media="print")
        assert on_screen == list(ONLY_ON_SCREEN)
        assert [name for name in ONLY_ON_SCREEN if tab.locator(name).first.is_visible()] == []
        assert tab.locator("form:visible, button:visible, nav:visible").count() == 0
        link = tab.locator('.issue-body a[href="https://example.org/"]').first
        shown = link.evaluate("(link) => getComputedStyle(link, '::after').content")
        assert "https://example.org/" in shown or "attr(href)" in shown
        assert tab.locator(".issue h1").is_visible()
        assert tab.locator(".on-paper").inner_text() == ORIGIN + "/issues/1971/", "the sheet says where it comes from"
        assert tab.pdf().startswith(b"%PDF-")
        chromium.close()


def test_a_script_copies_the_link_and_remembers_the_server_in_the_browser_alone(pages: Fetched) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        content, kind = pages.get(urlsplit(route.request.url).path, (b"", "text/plain"))
        route.fulfill(body=content, content_type=kind)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        plain = chromium.new_page(java_script_enabled=False)
        plain.route("**/*", answer)
        plain.goto(ORIGIN + "/issues/1971/")
        assert plain.locator(".share-link bdi").is_visible()
        assert plain.locator(".share-link button:visible").count() == 0
        context = chromium.new_context()
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=ORIGIN)
        tab = context.new_page()
        tab.route("**/*", answer)
        tab.goto(ORIGIN + "/issues/1971/")
        tab.locator("[data-copy]").click()
        expect(tab.locator(".share-link [role=status]")).not_to_be_empty(timeout=30_000)
        assert tab.evaluate("navigator.clipboard.readText()") == tab.locator(".share-link bdi").inner_text()
        assert _problems(tab) == []
        tab.goto(ORIGIN + "/share/mastodon/1971/")
        tab.locator("input[name=server]").fill("social.example")
        tab.locator(".sheet form button").click()
        tab.wait_for_url("**/?server=social.example")
        tab.goto(ORIGIN + "/share/mastodon/1970/")
        tab.goto(ORIGIN + "/share/mastodon/1971/")
        expect(tab.locator("input[name=server]")).to_have_value("social.example", timeout=30_000)
        assert context.cookies() == []
        assert all(url.startswith(ORIGIN) for url in asked)
        chromium.close()


#: What nobody wants on paper.
ONLY_ON_SCREEN = (".share", ".band", ".foot nav")


def test_an_issue_of_fifteen_hundred_words_is_light(visitor: Client, publication: Any, publish: Any) -> None:
    publication.share_web = ["facebook", "mastodon", "bluesky", "email", "forward"]
    publication.save()
    words = "The ferry runs again and the pilots who know this water have a word to say about it " * 9
    body = (
        *(TextBlock(f"<p>{words.strip()}.</p>") for _ in range(10)),
        HeadingBlock("The pilots"),
        QuoteBlock("<p>We know.</p>"),
    )
    publish(1971, "Tides and ferries", body=body)
    page = visitor.get("/issues/1971/").content
    assert len(re.sub(rb"<[^>]*>", b" ", page.partition(b"</head>")[2]).split()) > 1_500
    assert len(page) <= HEAVIEST_ISSUE


#: The HTML of 1,500 words, as it comes over the line before compression.
HEAVIEST_ISSUE = 25_000


def _problems(tab: Page) -> list[str]:
    found = [f"{violation['id']}: {violation['nodes'][0]['html'][:120]}" for violation in Axe().run(tab).response["violations"]]
    if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("it scrolls sideways")
    return found


def _fetched(visitor: Client, path: str) -> tuple[bytes, str]:
    if path.startswith("/static/"):
        file = Path(str(finders.find(path.removeprefix("/static/"))))
        return file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = visitor.get(path)
    return response.content, response.headers["Content-Type"]
