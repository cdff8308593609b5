"""How long an editor waits for the compose screen: from asking for it until a word typed into the last block stands there.

`python benchmarks/editor.py [--blocks 1 30 120 500] [--rounds 5]`

A server as `masthead serve` runs it, an issue per size, and Chromium; each round with an empty cache and then with a warm one.
Beside the seconds stands what the page's own thread worked (which other load on the machine changes less), and as yardstick the
form of a contributor: five fields in the same shell. Prints one JSON line; medians of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "benchmarks")]
#: One after the other: what a bulletin is made of.
KINDS: list[tuple[str, dict[str, object]]] = [
    ("heading", {"text": "What the pilots say", "level": "2"}),
    ("text", {"text": "<p>At six in the morning <b>the ramp</b> went down.</p><p>By seven it was up again.</p>"}),
    ("quote", {"text": "<p>We were never gone.</p>", "source": "A pilot"}),
    ("links", {"items": [{"title": "The timetable", "url": "https://ferry.example/times"}]}),
    ("text", {"text": "<p>The ferry runs again, and the pilots have a word to say about it.</p>"}),
]
#: Where the word is typed: the last editor of the text, or the words that stand in its place until somebody comes near.
LAST = "#panel-child-write-body-content :is(.Draftail-Editor [contenteditable=true], .desk-asleep)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, nargs="+", default=[1, 30, 120, 500])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.config.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MASTHEAD_DATA"] = folder
        cookie, issues = prepare(options.blocks)
        print(json.dumps(measure(cookie, issues, options)))


def prepare(sizes: list[int]) -> tuple[str, dict[int, int]]:
    """The session of somebody at the desk, and an issue of each size: blocks → id."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from masthead.audience.lists import create as create_list
    from masthead.issues import publications
    from masthead.issues.models import Issue
    from masthead.team import people
    from masthead.team.models import Role
    from masthead.web.admin.permissions import write_group_permissions

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    write_group_permissions()
    now = timezone.now()
    readers = create_list(name="Readers", by="benchmark", now=now)
    publication = publications.create(
        name="The Courier", from_address="courier@example.org", imprint="1 Quay", by="benchmark", now=now, lists=[readers]
    )
    person = people.create(
        email="ines@example.org", name="Ines", role=Role.OWNER, password="seven grey herons", by="benchmark", now=now
    )
    browser = Client()
    browser.force_login(person)
    issues = {}
    for size in sizes:
        # The last block is one to write in.
        body = [{"type": kind, "value": value} for kind, value in (KINDS[place % len(KINDS)] for place in range(size - 1))]
        body.append({"type": "text", "value": {"text": "<p>The end.</p>"}})
        issues[size] = Issue.objects.create(publication=publication, title=f"Of {size} blocks", body=body).pk
    return browser.cookies[settings.SESSION_COOKIE_NAME].value, issues


def measure(cookie: str, issues: dict[int, int], options: argparse.Namespace) -> dict[str, object]:
    """Seconds until usable and seconds of work, with an empty and with a warm cache."""
    from pages import server
    from playwright.sync_api import sync_playwright

    found: dict[str, dict[str, list[float]]] = {}
    with server("ours") as port, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        base = f"http://127.0.0.1:{port}"
        for _round in range(options.rounds + 1):
            for name, path, wanted in [
                ("contributor", "/desk/contributors/add/", "input[name=fediverse]"),
                *((f"{size} blocks", f"/desk/issues/edit/{pk}/", LAST) for size, pk in issues.items()),
            ]:
                context = chromium.new_context(viewport={"width": 1280, "height": 900})
                context.add_cookies([{"name": "masthead", "value": cookie, "url": base}])
                for cache in ("empty", "warm"):
                    seconds, work = open_and_type(context, base + path, wanted)
                    if _round:  # the first one makes templates and translations
                        of = found.setdefault(name, {})
                        of.setdefault(f"{cache}_cache_seconds", []).append(seconds)
                        of.setdefault(f"{cache}_cache_work", []).append(work)
                context.close()
        chromium.close()
    medians = {name: {what: round(statistics.median(of), 2) for what, of in each.items()} for name, each in found.items()}
    return {"until": "a word typed into the last block stands there", "rounds": options.rounds, **medians}


def open_and_type(context: Any, url: str, wanted: str) -> tuple[float, float]:
    """(seconds, seconds of work of the page's thread) until a word typed where `wanted` is stands there."""
    page = context.new_page()
    page.set_default_timeout(120_000)
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    field = page.locator(wanted).last
    field.wait_for(state="attached")
    page.wait_for_load_state("domcontentloaded")
    field = page.locator(wanted).last
    field.click()
    page.keyboard.type("written")
    page.wait_for_function(
        "(wanted) => { const last = [...document.querySelectorAll(wanted)].at(-1); "
        "return (last.value ?? last.textContent).includes('written'); }",
        arg=wanted,
    )
    seconds = time.perf_counter() - began
    work = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}["TaskDuration"]
    page.on("dialog", lambda dialog: dialog.accept())
    page.close(run_before_unload=False)
    return seconds, work


if __name__ == "__main__":
    main()
