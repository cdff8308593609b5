"""From a Word file with forty footnotes to the page of the archive, in a real browser."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.issues.manuscripts.word_files import item, note, paragraph, picture, text, word_file
from tests.journeys import test_editor as editor

pytestmark = [pytest.mark.journey, pytest.mark.browser]
install, served, tab = editor.install, editor.served, editor.tab

PERSIAN = "قایق به بندر برگشت و مردم پیش از طلوع آفتاب منتظر بودند."
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def manuscript(path: Path) -> None:
    out = BytesIO()
    Image.new("RGB", (900, 500), (40, 90, 120)).save(out, "JPEG")
    deleted = '<w:del w:author="Omid"><w:r><w:delText>late as always</w:delText></w:r></w:del>'
    path.write_bytes(
        word_file(
            paragraph("The ferry is back", "Ttulo"),
            paragraph("What the pilots say", "berschrift1"),
            paragraph(text("She left the yard on Tuesday") + note(1) + deleted),
            paragraph(picture()),
            paragraph("The quay at dawn", "Legende"),
            paragraph(text(PERSIAN, "<w:rtl/>"), properties="<w:bidi/>"),
            item("one"),
            item("two", 1),
            *(paragraph(text(f"Sentence {number}") + note(number)) for number in range(2, 41)),
            footnotes={number: paragraph(f"Source number {number}.") for number in range(1, 41)},
            pictures={"rIdPicture": ("a.jpeg", out.getvalue())},
        )
    )


def accessible(tab: Page) -> None:
    """No finding of axe at level AA, once the page's scripts have named what they drew."""
    tab.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    found = Axe().run(tab, options=RULES).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def fits(tab: Page, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_from_a_word_file_to_the_archive(install: Any, served: str, tab: Page) -> None:
    editor.become_owner(tab, served)
    editor.make_the_bulletin(tab)
    editor.go_live(tab)
    manuscript(install.folder / "ferry.docx")
    tab.goto(f"{install.base}/desk/issues/manuscript/")
    accessible(tab)
    tab.set_input_files("input[type=file]", str(install.folder / "ferry.docx"))
    tab.get_by_role("button", name="Read it").click()
    expect(tab.get_by_text("late as always")).to_be_visible(timeout=60_000)
    expect(tab.frame_locator("iframe").get_by_text("Source number 40.")).to_be_attached(timeout=30_000)
    accessible(tab)
    fits(tab, 320)
    fits(tab, 1280)
    tab.get_by_role("button", name="Make a draft of it").click()
    expect(tab.locator("#findings")).to_be_attached(timeout=60_000)
    expect(tab.locator(".DraftEditor-root [contenteditable=true][aria-label]").first).to_be_visible(timeout=30_000)
    accessible(tab)
    number = re.sub(r"\D", "", tab.locator(".desk-compose .desk-number").inner_text())
    sent = subprocess.run(
        [sys.executable, "-m", "masthead", "send", number, "--list", "The Courier", "--wait"],
        env=install.environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert sent.returncode == 0, sent.stderr
    tab.goto(f"{install.base}/issues/{number}/")
    expect(tab.get_by_role("heading", name="The ferry is back")).to_be_visible()
    article = tab.locator("article").first
    assert [int(found) for found in re.findall(r"Source number (\d+)\.", article.inner_text())] == list(range(1, 41))
    assert tab.get_by_text(PERSIAN).evaluate("element => getComputedStyle(element).direction") == "rtl"
    accessible(tab)
    fits(tab, 320)
    fits(tab, 1280)
