"""A long issue at the desk, in a real browser: blocks are drawn when somebody comes near, and no word is lost by it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.test_editor import Install
from tests.servers.processes import running, until

pytestmark = [pytest.mark.journey, pytest.mark.browser]

#: An issue in which each kind of block comes six times, and somebody at the desk; says the session and the issue.
PREPARE = """
import json, django
django.setup()
from io import BytesIO
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
call_command("migrate", verbosity=0)
from masthead.audience.lists import create
from masthead.issues import publications
from masthead.issues.models import Issue
from masthead.team import people
from masthead.team.models import Role
from masthead.web.admin.permissions import write_group_permissions
write_group_permissions()
now = timezone.now()
readers = create(name="Readers", by="test", now=now)
publication = publications.create(
    name="The Courier", from_address="courier@example.org", imprint="1 Quay", by="test", now=now, lists=[readers])
ines = people.create(email="ines@example.org", name="Ines", role=Role.OWNER, password="seven grey herons", by="test", now=now)
drawn = BytesIO()
Picture.new("RGB", (40, 30)).save(drawn, "PNG")
picture = get_image_model().objects.create(title="Ferry", file=ContentFile(drawn.getvalue(), "ferry.png"))
paper = get_document_model().objects.create(title="Times", file=ContentFile(b"%PDF-1.4", "times.pdf"))
image = {"image": picture.pk, "alt_text": "A ferry", "decorative": False}
kinds = [
    ("text", {"text": "<p>At six <b>the ramp</b> went down.</p>", "lang": "fr", "only": "mail", "show_if": "member"}),
    ("heading", {"text": "What  the pilots say ", "level": "3"}),
    ("quote", {"text": "<p>We were never gone.</p>", "source": "A pilot", "pull": True}),
    ("verse", {"lines": "\\nOne line\\n\\n  and another", "code": True}),
    ("image", {"image": image, "caption": "The ferry", "link": "https://ferry.example/"}),
    ("image", {"image": image | {"decorative": True}, "credit": "Ines"}),
    ("embed", {"url": "https://video.example/1", "title": "The crossing", "still": picture.pk}),
    ("file", {"document": paper.pk, "label": "Times", "attach": True}),
    ("links", {"items": [
        {"title": "Times", "url": "https://ferry.example/a"},
        {"title": "Fares", "url": "https://ferry.example/b", "blurb": "Cheap\\nagain"},
    ]}),
    ("table", {"rows": "From | To\\nHere | There", "header": False, "row_headers": True}),
    ("callout", {"title": "Mind", "text": "<p>The gap</p>", "tone": "warning"}),
    ("button", {"label": "Book", "url": "https://ferry.example/book"}),
    ("divider", {"shape": "mail_ends"}),
]
body = [{"type": kind, "value": value} for _round in range(6) for kind, value in kinds]
body.append({"type": "text", "value": {"text": "<p>The end.</p>"}})
issue = Issue.objects.create(publication=publication, title="Long", body=json.dumps(body))
browser = Client()
browser.force_login(ines)
print(json.dumps([browser.cookies[settings.SESSION_COOKIE_NAME].value, issue.pk]))
"""
TITLES = (
    "import json, django; django.setup()\n"
    "from masthead.issues.models import Issue\n"
    "print(json.dumps(sorted(Issue.objects.values_list('title', flat=True))))"
)
#: What the form would send now.
POSTED = "() => new URLSearchParams(new FormData(document.getElementById('w-editor-form'))).toString()"
#: The last text: its words, or its editor once it is drawn.
LAST = "#panel-child-write-body-content :is(.Draftail-Editor [contenteditable=true], .desk-asleep)"


def asked(install: Install, program: str) -> Any:
    """What a program in this install prints as JSON on its last line."""
    environment = install.environment | {"DJANGO_SETTINGS_MODULE": "masthead.config.settings"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return Install(tmp_path)


@pytest.fixture
def prepared(install: Install) -> tuple[str, int]:
    session, issue = asked(install, PREPARE)
    return session, issue


@pytest.fixture
def chromium(install: Install, prepared: tuple[str, int]) -> Iterator[Browser]:
    """A browser, with Masthead running."""

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{install.base}/robots.txt"):
                return True
        except OSError:
            return False

    with running([sys.executable, "-m", "masthead", "serve"], log=install.log, environment=install.environment):
        until(answers, seconds=180, what="masthead serve answers")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            yield browser
            browser.close()


@pytest.fixture
def tab(install: Install, prepared: tuple[str, int], chromium: Browser) -> Iterator[Page]:
    """A window of somebody at the desk."""
    errors: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.context.add_cookies([{"name": "masthead", "value": prepared[0], "url": install.base}])
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.set_default_timeout(30_000)
    yield page
    page.screenshot(path=str(install.folder / "last.png"))
    assert errors == []


def test_a_long_issue_is_drawn_piece_by_piece_and_loses_nothing(install: Install, prepared: tuple[str, int], tab: Page) -> None:
    address = f"{install.base}/desk/issues/edit/{prepared[1]}/"
    tab.goto(address)
    before = tab.evaluate(POSTED)
    assert tab.locator(".desk-later").count() > 50
    posts_the_same_awake(tab, before)
    save(tab)
    stored = body_of(install, prepared[1])
    tab.goto(address)
    types_at_once_on_a_slow_machine(tab)
    moves_the_last_up(tab)
    save(tab)
    now = body_of(install, prepared[1])
    assert "written" in json.dumps(now[-2]["value"])
    assert [block["type"] for block in now[:-2]] == [block["type"] for block in stored[:-2]]
    assert [one["value"] for one in now[:-2]] == [one["value"] for one in stored[:-2]]
    assert now[-1]["value"] == stored[-2]["value"]


def test_what_is_written_at_once_is_saved_by_itself(install: Install, prepared: tuple[str, int], tab: Page) -> None:
    """The shell begins to watch two seconds after loading: a headline written before that counts all the same."""
    tab.goto(f"{install.base}/desk/issues/add/", wait_until="commit")
    tab.get_by_placeholder("Headline").press_sequentially("The ferry")
    with tab.expect_response(lambda response: response.request.method == "POST" and "/desk/issues/add/" in response.url) as saved:
        pass  # nothing more is written or pressed
    assert saved.value.ok
    assert asked(install, TITLES) == ["Long", "The ferry"]
    tab.goto(f"{install.base}/desk/issues/edit/{prepared[1]}/")
    tab.get_by_placeholder("Headline").click()
    tab.wait_for_timeout(3000)  # a press alone changes nothing
    expect(tab.locator("#w-editor-form")).to_have_attribute("data-w-unsaved-has-edits-value", "false")


def save(tab: Page) -> None:
    with tab.expect_response(lambda response: response.request.method == "POST" and "/desk/issues/edit/" in response.url):
        tab.get_by_role("button", name="Save draft").click()
    tab.wait_for_load_state()
    expect(tab.get_by_text("Saved ").first).to_be_visible()


def posts_the_same_awake(tab: Page, before: str) -> None:
    """All that a block posts before it is drawn, in the same order as after."""
    tab.evaluate("() => document.querySelectorAll('.desk-later').forEach((block) => block.wake())")
    assert tab.locator(".desk-later").count() == 0
    assert tab.evaluate(POSTED) == before
    tab.evaluate("() => document.querySelectorAll('.desk-asleep').forEach((words) => words.wake())")
    tab.wait_for_timeout(1000)  # the editors write their text down a moment after they were made
    assert tab.evaluate(POSTED) == before


def types_at_once_on_a_slow_machine(tab: Page) -> None:
    """The word comes right after the press, before anything that waits could run."""
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    last = tab.locator(LAST).last
    last.scroll_into_view_if_needed()
    tab.locator(LAST).last.click()
    tab.keyboard.type("written")
    assert "written" in unquote_plus(tab.evaluate(POSTED))  # as it is posted by who saves in the same breath
    expect(tab.locator(LAST).last).to_contain_text("written")
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def moves_the_last_up(tab: Page) -> None:
    last = tab.locator("#panel-child-write-body-content [data-streamfield-child]").last
    last.get_by_role("button", name="Move up", exact=True).click()
    expect(tab.locator("#panel-child-write-body-content [data-streamfield-child]").nth(-2)).to_contain_text("written")


def body_of(install: Install, issue: int) -> list[dict[str, Any]]:
    """The stored body: the newest draft."""
    found: list[dict[str, Any]] = asked(
        install,
        "import json, django; django.setup()\n"
        "from masthead.issues.models import Issue\n"
        f"issue = Issue.objects.get(pk={issue})\n"
        "print(json.dumps(issue.body.get_prep_value()))",
    )
    return found
