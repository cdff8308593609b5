"""Dead links: asked once, answered by pre-flight."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from masthead.common.fetching import FetchError, Page
from masthead.issues import link_checking, preflight
from masthead.issues.models import LinkCheck

pytestmark = pytest.mark.django_db


class Web:
    """Answers by path in place of the guarded client, which has tests of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.faults: dict[str, Any] = {"https://nowhere.example.org/": "dns", "https://old.example.org/": "tls"}
        self.statuses = {"https://a.example.org/gone": 410, "https://a.example.org/shy": 403}
        monkeypatch.setattr("masthead.common.fetching.fetch", self.fetch)

    def fetch(self, url: str, *, method: str = "GET", **_: object) -> Page:
        self.asked[method, url] += 1
        if url in self.faults:
            raise FetchError(self.faults[url], "no")
        if url == "https://a.example.org/no-head":
            return Page(url, 405 if method == "HEAD" else 200, {}, b"")
        return Page(url, self.statuses.get(url, 200), {}, b"")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    return Web(monkeypatch)


@pytest.fixture
def linked(make_issue: Any, prose: Any) -> Any:
    """An issue with a link of each kind."""
    urls = ["a.example.org/", "a.example.org/#part", "a.example.org/gone", "a.example.org/shy", "a.example.org/no-head"]
    urls += ["nowhere.example.org/", "old.example.org/"]
    links = " ".join(f'<a href="https://{url}">page {number}</a>' for number, url in enumerate(urls))
    issue = make_issue(body=[prose(f'<p>{links} <a href="mailto:x@example.org">write</a></p>')])
    issue.save_revision()
    return issue


def check(issue: Any, now: Any) -> dict[str, str]:
    return link_checking.check(issue=issue, now=now, rest=lambda seconds: None)


def test_each_link_is_judged_and_dead_ones_are_findings(linked: Any, web: Web, now: Any) -> None:
    assert check(linked, now) == {
        "https://a.example.org/": "fine",
        "https://a.example.org/gone": "gone",
        "https://a.example.org/shy": "unclear",
        "https://a.example.org/no-head": "fine",
        "https://nowhere.example.org/": "no_site",
        "https://old.example.org/": "bad_tls",
    }
    found = [finding.id for finding in preflight.check(linked, now=now) if finding.id.startswith("link-")]
    assert sorted(found) == ["link-bad-tls", "link-gone", "link-no-site"]
    assert all(finding.level == "warn" for finding in preflight.check(linked, now=now) if finding.id == "link-gone")


def test_a_good_answer_holds_for_a_day_and_a_bad_one_for_minutes(linked: Any, web: Web, now: Any) -> None:
    check(linked, now)
    web.asked.clear()
    check(linked, now + timedelta(minutes=5))
    assert not web.asked
    web.statuses.pop("https://a.example.org/gone")
    check(linked, now + timedelta(minutes=11))
    assert web.asked["HEAD", "https://a.example.org/gone"] == 1
    assert ("HEAD", "https://a.example.org/") not in web.asked
    assert LinkCheck.objects.get(url="https://a.example.org/gone").verdict == "fine"
    check(linked, now + timedelta(days=2))
    assert web.asked["HEAD", "https://a.example.org/"] == 1


def test_it_can_be_turned_off(linked: Any, web: Web, now: Any, settings: Any) -> None:
    settings.CHECK_LINKS = False
    assert check(linked, now) == {}
    assert not web.asked


def test_old_answers_are_forgotten(linked: Any, web: Web, now: Any) -> None:
    LinkCheck.objects.create(key="0" * 64, url="https://x.example.org/", verdict="fine", checked_at=now - timedelta(days=31))
    check(linked, now)
    assert not LinkCheck.objects.filter(key="0" * 64).exists()
