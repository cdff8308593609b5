"""Passkeys of readers, with a real browser and its virtual authenticator; the pages are answered by this process."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, Route, sync_playwright

from masthead.audience import passkeys
from masthead.audience.models import Passkey, Subscriber
from masthead.web import reader_session

pytestmark = pytest.mark.django_db
ORIGIN = "http://localhost:8000"


@pytest.fixture
def client(settings: Any) -> Client:
    settings.ALLOWED_HOSTS = ["localhost"]
    return Client(enforce_csrf_checks=True, HTTP_HOST="localhost:8000")


class Browser:
    """A browser with an authenticator whose holder always agrees, in a thread of its own; the database stays with this one."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._asked: queue.Queue[tuple[Callable[[], Any], queue.Queue[Any]] | None] = queue.Queue()

    def walk(self, steps: Callable[[Page], None]) -> None:
        """Take the steps, answer what they ask, and raise what they raise."""
        with ThreadPoolExecutor(1) as pool:
            walking = pool.submit(self._run, steps)
            while (asked := self._asked.get(timeout=300)) is not None:
                act, reply = asked
                reply.put(act())
            walking.result(timeout=300)

    def ask(self, act: Callable[[], Any]) -> Any:
        """Have something done by the thread that holds the database."""
        reply: queue.Queue[Any] = queue.Queue()
        self._asked.put((act, reply))
        return reply.get(timeout=120)

    def _run(self, steps: Callable[[Page], None]) -> None:
        try:
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                page = chromium.new_page(viewport={"width": 320, "height": 640})
                page.route("**/*", self._answer)
                session = page.context.new_cdp_session(page)
                session.send("WebAuthn.enable")
                device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
                device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
                session.send("WebAuthn.addVirtualAuthenticator", {"options": device})
                steps(page)
                page.unroute_all(behavior="wait")
                chromium.close()
        finally:
            self._asked.put(None)

    def _answer(self, route: Route) -> None:
        asked = route.request
        path, method = urlsplit(asked.url).path, asked.method
        file = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
        if file:
            kind = "text/javascript" if path.endswith(".js") else "text/css"
            route.fulfill(body=Path(str(file)).read_bytes(), content_type=kind)
            return
        token, kind = asked.headers.get("x-csrftoken", ""), asked.headers.get("content-type", "application/json")
        data = asked.post_data_buffer or b""

        def answered() -> tuple[int, bytes, str]:
            headers = {"HTTP_ORIGIN": ORIGIN, "HTTP_X_CSRFTOKEN": token}
            client = self.client
            made = client.post(path, data, content_type=kind, **headers) if method == "POST" else client.get(path)
            if made.status_code == 302:
                made = client.get(made["Location"])
            return made.status_code, made.content, made.headers["Content-Type"]

        status, body, kind = self.ask(answered)
        route.fulfill(status=status, body=body, content_type=kind)


def enter(client: Client, reader: Subscriber) -> None:
    session = client.session
    session[reader_session._KEY], session[reader_session._SINCE] = reader.pk, timezone.now().isoformat()
    session.save()


@pytest.mark.browser
def test_a_reader_adds_a_passkey_signs_in_by_it_and_removes_it(client: Client, publication: Any, reader: Subscriber) -> None:
    browser = Browser(client)
    enter(client, reader)

    def steps(tab: Page) -> None:
        tab.set_default_timeout(60_000)
        tab.goto(f"{ORIGIN}/account/")
        tab.get_by_role("button", name="Add a passkey of this device").click()
        tab.get_by_role("button", name="Remove this passkey").wait_for()
        browser.ask(client.cookies.clear)
        tab.goto(f"{ORIGIN}/sign-in/")
        tab.get_by_role("button", name="Sign in with a passkey").click()
        tab.get_by_text("rosa@example.org").first.wait_for()
        assert browser.ask(lambda: Passkey.objects.get().used_at) is not None
        tab.get_by_role("button", name="Remove this passkey").click()
        tab.wait_for_function("document.querySelector('main') && !document.querySelector('input[name=passkey]')")
        browser.ask(client.cookies.clear)
        tab.goto(f"{ORIGIN}/sign-in/")
        tab.get_by_role("button", name="Sign in with a passkey").click()
        tab.get_by_text("The mailed link always does.").wait_for()

    browser.walk(steps)
    assert not Passkey.objects.exists()


def test_beginning_tells_everybody_the_same_and_names_nobody(client: Client, publication: Any, reader: Subscriber) -> None:
    options = client.post("/sign-in/passkey/", b"", content_type="application/json").json()["publicKey"]
    assert set(options) == {"challenge", "rpId", "userVerification"}


@pytest.mark.parametrize("answer", ["{}", "[]", "null", "x", '{"id": "AA", "rawId": "AA", "response": {}}', "[" * 5_000])
def test_an_answer_that_is_none_is_refused_and_ends_the_ceremony(
    client: Client, publication: Any, reader: Subscriber, answer: str
) -> None:
    client.post("/sign-in/passkey/", b"", content_type="application/json")
    for _ in range(2):
        refused = client.post("/sign-in/passkey/", answer, content_type="application/json")
        assert (refused.status_code, json.loads(refused.content)) == (400, {"refused": True})
    assert reader_session._KEY not in client.session


def test_a_passkey_is_added_only_by_who_is_signed_in_and_from_our_own_page(
    client: Client, publication: Any, reader: Subscriber
) -> None:
    client.get("/account/")
    assert client.post("/account/passkeys/", b"", content_type="application/json").status_code == 403
    foreign = client.post("/sign-in/passkey/", b"", content_type="application/json", HTTP_ORIGIN="https://evil.example")
    assert foreign.status_code == 403


def test_nobody_removes_the_passkey_of_another(reader: Subscriber, leaver: Subscriber, now: Any) -> None:
    key = Passkey.objects.create(subscriber=reader, credential_id=b"1", data=b"", host="localhost", created_at=now)
    assert not passkeys.remove(subscriber=leaver, number=key.pk, now=now)
    assert passkeys.remove(subscriber=reader, number=key.pk, now=now)


@pytest.mark.parametrize(("host", "offered"), [("localhost:8000", True), ("127.0.0.1:8000", False), ("[::1]:8000", False)])
def test_no_passkey_is_offered_where_the_host_is_a_number(
    settings: Any, publication: Any, reader: Subscriber, now: Any, host: str, offered: bool
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    client = Client(HTTP_HOST=host)
    enter(client, reader)
    assert ("Sign in with a passkey" in client.get("/sign-in/").content.decode()) is offered
    assert ("With a passkey" in client.get("/account/").content.decode()) is offered
    for path in ("/sign-in/passkey/", "/account/passkeys/"):
        assert client.post(path, b"", content_type="application/json").status_code == (200 if offered else 400)
    # Who has one from elsewhere can still be rid of it.
    Passkey.objects.create(subscriber=reader, credential_id=b"1", data=b"", host="localhost", created_at=now)
    page = client.get("/account/").content.decode()
    assert "Remove this passkey" in page
    assert ("Add a passkey" in page) is offered
