"""An editor's way through a running Masthead, in a real browser: first run, write, preview, send, watch, read, open the page."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect, sync_playwright

from tests.servers.processes import free_port, running, until

pytestmark = [pytest.mark.journey, pytest.mark.browser]


class Install:
    """One fresh install in a folder of its own, served on a loopback port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MASTHEAD_", "DJANGO_"))}
        own = {"MASTHEAD_DATA": str(folder / "data"), "MASTHEAD_PORT": str(self.port), "MASTHEAD_BASE_URL": self.base}
        self.environment = kept | own | {"PYTHONPATH": "src"}

    @property
    def log(self) -> Path:
        """What `masthead serve` says."""
        return self.folder / "serve.log"

    def first_address(self) -> str:
        """The one-time address that a fresh install prints when it starts; "" until then."""
        found = re.search(r"http://\S+/desk/welcome/[\w-]+/?", self.log.read_text())
        return found[0] if found else ""


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return Install(tmp_path)


@pytest.fixture
def served(install: Install) -> Iterator[str]:
    """The address of the first run, with Masthead running behind it."""
    serve = [sys.executable, "-m", "masthead", "serve"]
    with running(serve, log=install.log, environment=install.environment):
        until(lambda: bool(install.first_address()), seconds=180, what="masthead serve prints where to begin")
        yield install.first_address()


@pytest.fixture
def tab(install: Install, served: str) -> Iterator[Page]:
    """A window that notes every request to somebody else and every error of a script."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        foreign: list[str] = []
        errors: list[str] = []
        page.on(
            "request",
            lambda request: None if request.url.startswith((install.base, "data:", "blob:")) else foreign.append(request.url),
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(10_000)
        yield page
        page.screenshot(path=os.environ.get("MASTHEAD_SHOT", str(install.folder / "last.png")))
        assert (foreign, errors) == ([], [])
        chromium.close()


def test_from_the_first_run_to_the_first_issue(install: Install, served: str, tab: Page) -> None:
    become_owner(tab, served)
    make_the_bulletin(tab)
    go_live(tab)
    add_a_reader(tab, install)
    write(tab, install)
    preview(tab)
    send(tab)
    watch(tab)
    read_it(tab, install)
    open_the_page(tab, install)


def become_owner(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.get_by_label("Your name").fill("Ines Duarte")
    tab.get_by_label("E-mail address").fill("ines@example.org")
    tab.get_by_label("Passphrase").fill("seven grey herons waiting")
    tab.get_by_role("button", name="Continue").click()
    expect(tab.get_by_role("heading", name="Your bulletin")).to_be_visible()


def make_the_bulletin(tab: Page) -> None:
    tab.get_by_label("Name of the bulletin").fill("The Courier")
    tab.get_by_label("Tagline").fill("News of the estuary")
    tab.get_by_label("Next number").fill("1971")
    expect(tab.locator("#sample .sample-name")).to_have_text("The Courier")
    expect(tab.locator("#sample .sample-line")).to_contain_text("1971")
    tab.get_by_role("button", name="Continue").click()
    expect(tab.get_by_role("heading", name="How mail leaves")).to_be_visible()
    tab.get_by_role("link", name="Show me the sample issue").click()
    expect(tab.get_by_role("heading", name="A first look at The Courier")).to_be_visible()
    expect(tab.get_by_label("Test mode")).to_be_visible()


def go_live(tab: Page) -> None:
    tab.get_by_role("link", name="Go live…").click()
    expect(tab.get_by_text("The imprint is empty")).to_be_visible()
    tab.get_by_label("imprint and postal address").fill("The Courier, 7 Quay Street, Porthaven")
    tab.get_by_role("button", name="Save").click()
    tab.get_by_role("button", name="Go live").click()
    expect(tab.get_by_text("The Courier is live")).to_be_visible()
    expect(tab.get_by_label("Test mode")).to_have_count(0)


def add_a_reader(tab: Page, install: Install) -> None:
    tab.goto(f"{install.base}/desk/readers/add/")
    tab.get_by_label(re.compile("address", re.I)).first.fill("rosa@example.org")
    reason = tab.get_by_label(re.compile("consent|agreed|how", re.I))
    if reason.count():
        reason.first.fill("Asked for it at the market.")
    box = tab.get_by_label("The Courier")
    if box.count():
        box.first.check()
    tab.get_by_role("button", name=re.compile("Add")).last.click()
    expect(tab.get_by_text("rosa@example.org").first).to_be_visible()


def write(tab: Page, install: Install) -> None:
    tab.goto(f"{install.base}/desk/issues/")
    tab.get_by_role("link", name="New issue").click()
    tab.get_by_placeholder("Headline").fill("The ferry runs again")
    tab.get_by_role("textbox", name="Excerpt").fill("After eleven months the first crossing.")
    text = tab.locator(".Draftail-Editor [contenteditable=true]").first
    text.click()
    text.press_sequentially("At six in the morning the ramp went down.", delay=10)
    expect(text).to_contain_text("the ramp went down")
    expect(tab.locator("input[name='body-0-value-text']")).to_have_value(re.compile("ramp went down"))
    paste_too_much(tab)
    cut_by_a_heading(tab)
    tab.get_by_role("button", name="Save draft").click()
    expect(tab.get_by_text("Saved ").first).to_be_visible()
    expect(tab.locator(".desk-compose")).to_contain_text("1971")
    usable_by_everyone(tab)
    go_on_while_it_is_saved(tab)
    only_look(tab)


def cut_by_a_heading(tab: Page) -> None:
    """A slash in the middle of a text offers the other blocks, and no half of the text is lost."""
    text = tab.locator(".Draftail-Editor [contenteditable=true]").first
    text.press("End")
    text.press_sequentially(" Nobody had slept.", delay=10)
    for _letter in "Nobody had slept.":
        text.press("ArrowLeft")
    text.press_sequentially("/", delay=10)
    tab.get_by_role("option", name="Heading", exact=True).click()
    heading = tab.locator("input[name$='-value-text'][type=text]")
    heading.fill("The night before")
    expect(text).to_have_text("At six in the morning the ramp went down. ")
    blocks = tab.evaluate(
        """() => [...document.querySelectorAll('[name^="body-"][name$="-order"]')].sort((a, b) => a.value - b.value)
            .map((order) => document.querySelector(`[name="${order.name.replace("order", "type")}"]`).value)"""
    )
    assert blocks == ["text", "heading", "text"]
    expect(tab.locator(".Draftail-Editor [contenteditable=true]").nth(1)).to_have_text("Nobody had slept.")
    expect(tab.locator("input[name^='body-'][name$='-value-text'][type=hidden]").last).to_have_value(
        re.compile("Nobody had slept")
    )


def go_on_while_it_is_saved(tab: Page) -> None:
    """Words written between a save and its answer are saved, too, also by somebody who then stops."""
    excerpt, held = tab.get_by_role("textbox", name="Excerpt"), []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
            excerpt.press_sequentially(" It was full.")
        route.continue_()

    tab.route("**/desk/issues/edit/*/", hold)
    with tab.expect_request(lambda request: "It was full." in (request.post_data or ""), timeout=20_000):
        excerpt.press_sequentially(" At last.")
    expect(tab.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    tab.unroute("**/desk/issues/edit/*/")


def only_look(tab: Page) -> None:
    """The editors of a text are made when somebody comes near, and that changes nothing: nothing is saved by looking."""
    tab.reload()
    stored = tab.locator("input[name='body-0-value-text']").input_value()
    tab.locator("[name='body-0-value-text']").evaluate("(field) => field.parentElement.scrollIntoView()")
    expect(tab.locator(".Draftail-Editor [contenteditable=true]").first).to_contain_text("the ramp went down")
    expect(tab.locator(".desk-asleep")).to_have_count(0)
    tab.wait_for_timeout(1000)  # the editor writes its text down a moment after it was made
    expect(tab.locator("input[name='body-0-value-text']")).to_have_value(stored)
    expect(tab.locator("#w-editor-form")).to_have_attribute("data-w-unsaved-has-edits-value", "false")


def paste_too_much(tab: Page) -> None:
    """Five megabytes from Word are not put into the editor, which would stand still, but offered as a manuscript."""
    tab.locator(".Draftail-Editor [contenteditable=true]").first.evaluate(
        """(editor) => {
            const pasted = new DataTransfer();
            pasted.setData("text/html", "<p class=MsoNormal>Words and words.</p>".repeat(130000));
            editor.dispatchEvent(new ClipboardEvent("paste", {clipboardData: pasted, bubbles: true, cancelable: true}));
        }"""
    )
    offer = tab.locator("form.desk-note").filter(has_text="too much to paste at once")
    expect(offer).to_be_visible()
    assert offer.locator("[type=file]").evaluate("(field) => field.files[0].size") > 5_000_000
    offer.get_by_role("button", name="Never mind").click()
    expect(offer).to_have_count(0)
    assert "Words and words" not in tab.locator("input[name='body-0-value-text']").input_value()


def preview(tab: Page) -> None:
    tab.get_by_label("Toggle preview").first.click()
    frame = tab.frame_locator("#w-preview-iframe")
    expect(frame.get_by_role("heading", name="The Courier No. 1971: The ferry runs again")).to_be_attached(timeout=20_000)
    mail = frame.frame_locator("iframe")
    expect(mail.get_by_text("the ramp went down")).to_be_attached(timeout=20_000)


def send(tab: Page) -> None:
    tab.get_by_role("button", name="Send…").click()
    expect(tab.locator("#readers")).to_contain_text("2 readers now")  # Rosa, and Ines who set it up
    usable_by_everyone(tab)
    tab.get_by_role("textbox", name="Subject").fill("The ferry runs again, from Monday")
    expect(tab.locator("[data-shown=subject-shown]").first).to_have_text("The ferry runs again, from Monday")
    tab.get_by_role("textbox", name="Subject").fill("")
    tab.get_by_role("link", name="Teaser and shared link").click()
    expect(tab.frame_locator(".desk-looks__frame iframe").get_by_text("Where somebody shares the link")).to_be_visible()
    tab.get_by_label("Mail", exact=True).check(force=True)
    tab.get_by_label("Dark").check(force=True)
    mail = tab.frame_locator(".desk-looks__frame iframe").frame_locator("iframe")
    expect(mail.get_by_text("the ramp went down")).to_be_attached(timeout=20_000)
    usable_by_everyone(tab)
    tab.get_by_role("link", name="Send…").click()
    tab.get_by_label("Type 1971 to confirm").fill("1971")
    tab.get_by_role("button", name="Publish and send No. 1971").click()
    expect(tab.get_by_role("button", name="Undo")).to_be_visible()


def usable_by_everyone(tab: Page) -> None:
    """axe finds nothing, and nothing scrolls sideways, at both widths."""
    # What is being faded in has no colours of its own yet.
    settled = "document.getAnimations().every((one) => one.playState === 'finished')"
    for width in (320, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        until(lambda: bool(tab.evaluate(settled)), seconds=30, what="nothing is being faded in")
        found = Axe().run(tab).response["violations"]
        assert [f"{width}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found] == []
        assert not tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), width


def watch(tab: Page) -> None:
    # The minute of Undo, then the sweep that starts it. Nobody reloads the screen.
    expect(tab.locator("#news")).to_contain_text("It adds up", timeout=120_000)
    expect(tab.locator("#news")).to_contain_text("2 of 2 accepted")


def read_it(tab: Page, install: Install) -> None:
    tab.get_by_role("link", name="Built-in inbox").last.click()
    tab.get_by_role("link", name=re.compile("The Courier No. 1971: The ferry runs again")).first.click()
    expect(tab.locator("body")).to_contain_text(re.compile("(rosa|ines)@example.org"))
    frames = [frame for frame in tab.frames if frame != tab.main_frame]
    assert any("the ramp went down" in frame.content() for frame in frames)


def open_the_page(tab: Page, install: Install) -> None:
    tab.goto(f"{install.base}/issues/1971/")
    expect(tab.get_by_role("heading", name="The ferry runs again")).to_be_visible()
    expect(tab.get_by_text("the ramp went down")).to_be_visible()
    expect(tab.get_by_role("heading", name="The night before")).to_be_visible()
    expect(tab.get_by_text("Nobody had slept.")).to_be_visible()
    assert tab.goto(f"{install.base}/feed.atom") is not None
