"""A reader's way through a running Masthead, in a real browser: subscribe, confirm, choose, read, leave, come back by undo."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.servers.processes import answers, free_port, running, until

pytestmark = [pytest.mark.journey, pytest.mark.browser]
NINA = "nina@example.org"


class Install:
    """One install in a folder of its own, served on a loopback port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MASTHEAD_", "DJANGO_"))}
        own = {"MASTHEAD_DATA": str(folder / "data"), "MASTHEAD_PORT": str(self.port), "MASTHEAD_BASE_URL": self.base}
        self.environment = kept | own | {"PYTHONPATH": "src"}

    def masthead(self, *arguments: str) -> bytes:
        """The output of one command."""
        command = [sys.executable, "-m", "masthead", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def mail(self, to: str, subject: str) -> EmailMessage:
        """The newest mail to `to` with `subject` in its subject, once the built-in inbox has it."""
        found: list[int] = []

        def there() -> bool:
            listed = [json.loads(line) for line in self.masthead("inbox", "list", "--to", to, "--json").splitlines()]
            found[:] = [mail["id"] for mail in listed if subject in mail["subject"]]
            return bool(found)

        until(there, seconds=30, what=f"a mail to {to} about {subject}", every=0.5)
        return message_from_bytes(self.masthead("inbox", "show", str(found[0])), policy=policy.default)


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    made = Install(tmp_path)
    made.masthead("init")
    base = ("--base-url", made.base, "--imprint", "The Courier, 7 Quay Street", "--live", "--next-number", "1971")
    made.masthead("publication", "create", "--name", "The Courier", "--from", "courier@example.org", *base)
    (tmp_path / "readers.csv").write_text("email,name\nrosa@example.org,Rosa\n")
    made.masthead("import", str(tmp_path / "readers.csv"), "--list", "courier")
    serve = [sys.executable, "-m", "masthead", "serve"]
    with running(serve, log=tmp_path / "serve.log", environment=made.environment):
        until(lambda: answers(made.port), seconds=60, what="masthead serve answers")
        yield made


@pytest.fixture
def tab(install: Install) -> Iterator[Page]:
    """A telephone that notes every request to somebody else and every script error."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        page = chromium.new_page(viewport={"width": 320, "height": 640})
        foreign: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: None if request.url.startswith(install.base) else foreign.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        yield page
        assert (foreign, complaints) == ([], [])
        chromium.close()


def link_in(message: EmailMessage, purpose: str) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http://\S+/{purpose}/[a-zA-Z0-9_-]+", body.get_content())
    assert found, body.get_content()
    return found[0]


def test_a_reader_subscribes_chooses_reads_and_leaves(install: Install, tab: Page, tmp_path: Path) -> None:
    tab.goto(install.base)
    tab.wait_for_timeout(2100)  # the time lock of the form: faster than a person is a machine
    tab.get_by_label("Your e-mail address").fill(NINA)  # at once, as a browser fills it in
    tab.get_by_role("button", name="Subscribe").click()
    assert "Check your inbox" in tab.inner_text("h1")
    assert "n…@example.org" in tab.inner_text("main")

    tab.goto(link_in(install.mail(NINA, "subscription"), "c"))
    tab.get_by_role("button", name="Confirm my subscription").click()
    assert tab.inner_text("h1") == "Welcome"

    source = tmp_path / "issue.md"
    source.write_text("The ferry *runs* again.\n\n## The timetable\n\nAt six.\n")
    install.masthead("issue", "create", str(source), "--title", "The ferry runs again", "--excerpt", "After eleven months.")
    install.masthead("send", "1971", "--list", "courier", "--wait")
    issue = install.mail(NINA, "The ferry runs again")
    assert issue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    tab.goto(f"{install.base}/issues/1971/")
    assert tab.inner_text("h1") == "The ferry runs again"
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320

    tab.goto(link_in(issue, "p"))
    assert NINA not in tab.content()
    tab.get_by_label("Text only").check()
    tab.get_by_role("button", name="Save").click()
    assert tab.get_by_label("Text only").is_checked()
    assert "Saved." in tab.inner_text("main")

    leave = link_in(issue, "u")
    tab.goto(leave)
    tab.goto(leave)
    assert "n…@example.org" in tab.inner_text("main")
    tab.get_by_role("button", name="Unsubscribe").click()
    assert tab.inner_text("h1") == "You have left"
    tab.get_by_role("button", name="Undo").click()
    assert tab.inner_text("h1") == "Good to have you back"
    tab.goto(leave)
    tab.get_by_role("button", name="Unsubscribe").click()
    assert tab.inner_text("h1") == "You have left"
    install.mail(NINA, "You have left")

    tab.goto(f"{install.base}/account/")
    tab.get_by_label("The address your issues come to").fill(NINA)
    tab.wait_for_timeout(2100)
    tab.get_by_role("button", name="Mail me a link").click()
    body = install.mail(NINA, "Sign in").get_body(("plain",))
    assert body is not None
    code = re.search(r"\b\d{3} ?\d{3}\b", body.get_content())
    assert code
    tab.get_by_label("The six digits").fill(code[0])
    tab.wait_for_timeout(2100)
    tab.get_by_role("button", name="Sign in").click()
    assert NINA in tab.inner_text("main")
    assert not tab.get_by_role("checkbox").first.is_checked()
