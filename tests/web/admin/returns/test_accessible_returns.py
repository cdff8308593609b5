"""The screens of what came back in a real browser: axe without findings, nothing from elsewhere, no sideways scrolling.

They are fetched first, then handed to the browser: it needs no server. MASTHEAD_PICTURES names a folder for pictures of them.
"""

from __future__ import annotations

import mimetypes
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route, sync_playwright

from masthead.bounces import acting, own_rules
from masthead.bounces.models import Alarm, Finding, RawReport, Reply
from masthead.bounces.own_rules import Draft
from masthead.delivery.models import Campaign
from masthead.team.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
ORIGIN = "http://127.0.0.1:8000"
#: The shell around our screens is not ours to judge.
OURS = {"include": [[".desk-head"], [".desk-body"]]}
REFUSALS = (
    ("big.example", "550 5.1.1 no such user", "5.1.1", 9),
    ("big.example", "550 5.7.1 message rejected as spam", "5.7.1", 7),
    ("small.example", "552 5.2.2 mailbox full", "5.2.2", 4),
    ("a-rather-long-name-of-a-receiving-domain-which-must-not-scroll.example", "550 5.7.26 DMARC failed", "5.7.26", 6),
)


@pytest.fixture
def screens(
    at_desk: Callable[[Role], Client],
    campaign: Campaign,
    make_subscriber: Any,
    mailing_list: Any,
    deliver: Any,
    come_back: Any,
    now: Any,
) -> dict[str, bytes]:
    """Every screen with something on it, by its path."""
    last: Finding | None = None
    for domain, words, status, count in REFUSALS:
        for number in range(count):
            reader = make_subscriber(f"r{number}{status}@{domain}", mailing_list)
            last = come_back(deliver(campaign, reader), words=words, status=status, judge=False, salt="x" * 300)
    acting.judge_pending(now=now)
    dead = Finding.objects.filter(outcome=Finding.Outcome.SUPPRESSED).first()
    assert dead is not None
    assert last is not None
    assert last.subscriber is not None
    Finding.objects.filter(pk=dead.pk - 1).update(outcome=Finding.Outcome.HELD)
    unread = RawReport.objects.create(digest="d", via="pipe", received_at=now, raw=b"\xff\x00" * 300, size=600, state="unread")
    for reason, paused in (("authfailure", False), ("spamdetected", True)):
        Alarm.objects.create(
            kind="refused",
            campaign=campaign,
            domain="big.example",
            reason=reason,
            count=6,
            out_of=99,
            raised_at=now,
            paused=paused,
        )
    letter = Reply.objects.create(
        report=RawReport.objects.create(digest="r", via="pipe", received_at=now, raw=b"x", size=1, state="read"),
        publication=campaign.edition.publication,
        campaign=campaign,
        received_at=now,
        sender_name="Rosa Marin",
        sender="rosa.marin.with.a.long.name@a-rather-long-name-of-a-domain.example",
        subject="Re: The ferry leaves at nine, and " + "this-is-a-word-that-must-not-scroll" * 4,
        text="The ferry leaves at nine.\n\n" + "It always has. " * 40 + "\n\n> It leaves at ten.",
        attachments=2,
    )
    for phrase in ("went to sea", "this-is-a-word-that-must-not-scroll" * 3):
        draft = Draft("counted", "Sailors come back.", phrase=phrase, domain="a-rather-long-name-of-a-domain.example")
        rule = own_rules.add(draft=draft, by="staff:1", now=now)
    own_rules.remove(rule=rule, by="staff:1", now=now)
    rule = own_rules.add(draft=draft, by="staff:1", now=now)
    client = at_desk(Role.OWNER)
    paths = [
        reverse("desk_returns"),
        reverse("desk_returns") + "?reason=onhold",
        reverse("desk_returns_issues"),
        reverse("desk_returns_issue", args=[campaign.pk]),
        reverse("desk_alarms"),
        reverse("desk_report_of_issue", args=[campaign.pk]),
        reverse("desk_judging"),
        reverse("desk_own_rules"),
        reverse("desk_own_rule", args=[rule.pk]),
        reverse("desk_finding", args=[dead.pk]),
        reverse("desk_finding", args=[last.pk]),
        reverse("desk_report", args=[unread.pk]),
        reverse("desk_reader", args=[dead.subscriber_id]),
        reverse("desk_replies"),
        reverse("desk_reply", args=[letter.pk]),
    ]
    found = {path: client.get(path) for path in paths}
    assert {answer.status_code for answer in found.values()} == {200}
    return {path: answer.content for path, answer in found.items()}


def test_every_screen_of_what_came_back_can_be_used_by_everyone(screens: dict[str, bytes]) -> None:
    foreign: list[str] = []
    problems: list[str] = []

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        path = url.path + (f"?{url.query}" if url.query else "")
        file = finders.find(url.path.removeprefix("/static/")) if url.path.startswith("/static/") else None
        if not route.request.url.startswith((ORIGIN, "data:")):
            foreign.append(route.request.url)
        if path in screens:
            route.fulfill(body=screens[path], content_type="text/html; charset=utf-8")
        elif file:
            route.fulfill(body=Path(file).read_bytes(), content_type=mimetypes.guess_type(str(file))[0] or "text/plain")
        else:
            route.abort()

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            tab = chromium.new_page(color_scheme=scheme)
            tab.route("**/*", answer)
            for path in screens:
                tab.set_viewport_size({"width": 1280, "height": 800})
                tab.goto(ORIGIN + path)
                for width in (1280, 320):
                    tab.set_viewport_size({"width": width, "height": 800})
                    problems += [f"{path} {scheme} {width}: {problem}" for problem in _problems(tab)]
                    _keep(tab, f"{path}-{scheme}-{width}")
            tab.close()
        chromium.close()
    assert foreign == []
    assert problems == []


def _problems(tab: Page) -> list[str]:
    violations = Axe().run(tab, context=OURS).response["violations"]
    found = [f"{violation['id']}: {violation['nodes'][0]['html'][:160]}" for violation in violations]
    if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("it scrolls sideways")
    return found


def _keep(tab: Page, name: str) -> None:
    folder = os.environ.get("MASTHEAD_PICTURES")
    if folder:
        tab.screenshot(path=Path(folder) / f"{re.sub(r'[^a-z0-9]+', '-', name).strip('-')}.png", full_page=True)
