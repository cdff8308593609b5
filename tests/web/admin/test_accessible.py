"""The desk and a reader's own pages in a browser: axe finds nothing, nothing is wider than the window, nobody else is asked.

What the screens load is fetched first, then handed to the browser: it needs no server and reaches nothing else.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, sync_playwright
from wagtail.users.models import UserProfile

from masthead.audience.models import Subscriber
from masthead.issues.models import Issue, Publication
from masthead.team.models import Role, User
from masthead.web import reader_session

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
ORIGIN = "http://127.0.0.1:8000"
DESK = ("/desk/", "/desk/issues/", "/desk/publications/{publication}/", "/desk/publications/{publication}/design/")
CARE = (
    "/desk/readers/?domain=example.org",
    "/desk/readers/bulk/?which=all&what=join",
    "/desk/readers/merge/?one={one}&other={other}",
    "/desk/lists/",
    "/desk/readers/housekeeping/",
)
PORTAL = ("/account/", "/account/erase/")
Fetched = dict[str, tuple[bytes, str]]
#: Rules of axe that the shell breaks in every screen; ours may not add to them.
SHELL: frozenset[str] = frozenset()
#: WCAG 2.2, 2.5.8: axe leaves it out unless it is asked for.
_ALSO = {"rules": {"target-size": {"enabled": True}}}


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("fa", "dark")])
def test_the_desk_can_be_used_by_everyone(
    at_desk: Callable[[Role], Client], publication: Publication, issue: Issue, language: str, scheme: str
) -> None:
    client = at_desk(Role.OWNER)
    UserProfile.objects.update_or_create(user=User.objects.get(), defaults={"preferred_language": language, "theme": "system"})
    paths = [path.format(publication=publication.pk) for path in DESK]
    assert look_at(client, paths, scheme) == []


def test_the_screens_that_look_after_readers_can_be_used_by_everyone(
    at_desk: Callable[[Role], Client], reader: Subscriber, leaver: Subscriber
) -> None:
    client = at_desk(Role.READER_CARE)
    UserProfile.objects.update_or_create(user=User.objects.get(), defaults={"preferred_language": "fa", "theme": "system"})
    paths = [path.format(one=reader.pk, other=leaver.pk) for path in CARE]
    assert look_at(client, paths, "dark") == []


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("fa", "light")])
def test_a_readers_own_pages_can_be_used_by_everyone(
    publication: Publication, reader: Subscriber, language: str, scheme: str
) -> None:
    Publication.objects.update(language=language)
    Subscriber.objects.update(language=language)
    client = Client(HTTP_HOST="127.0.0.1:8000")
    session = client.session
    session[reader_session._KEY], session[reader_session._SINCE] = reader.pk, timezone.now().isoformat()
    session.save()
    assert look_at(client, list(PORTAL), scheme) == []


def look_at(client: Client, paths: list[str], scheme: str) -> list[str]:
    """What is wrong with the screens, by day or night, wide and narrow."""
    fetched = {path: fetch(client, path) for path in paths}
    for content, _kind in list(fetched.values()):
        for address in re.findall(r'(?:src|href)="(/[^"#]+)"', content.decode()):
            address = address.replace("&amp;", "&")
            if address not in fetched and re.match(r"/(desk/(jsi18n|sprite|publications/\d+/design/look)|theme/)", address):
                fetched[address] = fetch(client, address)
    found: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        found += [problem for tab in opened(chromium, fetched, scheme, found) for problem in problems(tab, paths, scheme)]
        chromium.close()
    return found


def opened(chromium: Browser, fetched: Fetched, scheme: Any, foreign: list[str]) -> Iterator[Page]:
    """A window that gets what was fetched and what is static, and notes whatever else is asked of others."""

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        path = url.path + (f"?{url.query}" if url.query else "")
        if url.scheme in {"data", "blob"}:
            route.continue_()
        elif not route.request.url.startswith(ORIGIN):
            foreign.append(route.request.url)
            route.abort()
        elif path in fetched:
            content, kind = fetched[path]
            route.fulfill(body=content, content_type=kind)
        elif url.path.startswith("/static/") and (file := finders.find(unquote(url.path).removeprefix("/static/"))):
            kind = mimetypes.guess_type(str(file))[0] or "application/octet-stream"
            route.fulfill(body=Path(str(file)).read_bytes(), content_type=kind)
        else:
            route.fulfill(status=204)  # the shell asks whether anything is new

    tab = chromium.new_page(color_scheme=scheme)
    tab.route("**/*", answer)
    yield tab
    tab.close()


def problems(tab: Page, paths: list[str], scheme: str) -> Iterator[str]:
    """What axe says, and what is wider than the window."""
    for path in paths:
        tab.set_viewport_size({"width": 1280, "height": 900})
        tab.goto(ORIGIN + path, wait_until="load")
        for width in (1280, 320):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => 0)))")
            for violation in Axe().run(tab, options=_ALSO).response["violations"]:
                if violation["id"] not in SHELL:
                    yield f"{path} {scheme} {width}: {violation['id']}: {violation['nodes'][0]['html'][:160]}"
            if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                yield f"{path} {scheme} {width}: it scrolls sideways"


def fetch(client: Client, path: str) -> tuple[bytes, str]:
    """Content and type of an answer."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return b"".join(answer) if answer.streaming else answer.content, answer.headers["Content-Type"]
