"""Asking the sites that an issue links to whether the pages are there; pre-flight reads the answers.

HEAD first, then GET where HEAD is refused or answers that the page is gone, since some sites answer HEAD wrongly. Sites are asked
side by side, the pages of one site one after the other. An answer holds for a day, a bad one for a few minutes: it gets repaired.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urldefrag, urlsplit

from django.conf import settings

from masthead.common import fetching
from masthead.common.fetching import INTERNET, FetchError, Network
from masthead.issues import preflight, reading
from masthead.issues.findings.links import links_of
from masthead.issues.models import Issue, LinkCheck

FRESH = timedelta(days=1)
FRESH_IF_BAD = timedelta(minutes=10)
KEPT = timedelta(days=30)
#: More links than any bulletin has.
MOST_LINKS = 300
_SITES_AT_ONCE = 8
_SECONDS_A_LINK = 10.0
_REST_SECONDS = 0.5
_ENOUGH_BYTES = 2_000
Verdict = LinkCheck.Verdict
Answer = tuple[str, str]


def check(
    *,
    issue: Issue,
    now: datetime,
    network: Network = INTERNET,
    rest: Callable[[float], None] = time.sleep,
    seconds: float = _SECONDS_A_LINK,
) -> dict[str, str]:
    """Ask for each link of the newest draft that has no fresh answer, keep the answers, and return address → verdict.

    Does nothing where the operator turned link checks off (MASTHEAD_CHECK_LINKS).
    """
    if not settings.CHECK_LINKS:
        return {}
    wanted = addresses_in(issue, now=now)
    known = known_of(wanted, now=now)
    asked = _ask([url for url in wanted if url not in known], network, rest, seconds)
    for url, (verdict, detail) in asked.items():
        LinkCheck.objects.update_or_create(
            key=_key(url), defaults={"url": url, "verdict": verdict, "detail": detail[:200], "checked_at": now}
        )
    LinkCheck.objects.filter(checked_at__lt=now - KEPT).delete()
    return {url: found.verdict for url, found in known.items()} | {url: verdict for url, (verdict, _) in asked.items()}


def addresses_in(issue: Issue, *, now: datetime) -> list[str]:
    """The web addresses elsewhere that the newest draft links to, each once and without its #fragment."""
    return worth_asking(preflight.facts_of(reading.read(reading.newest(issue), now=now)))


def worth_asking(facts: preflight.Facts) -> list[str]:
    """The same of facts that were gathered already."""
    found: dict[str, None] = {}
    for _place, url, _text in links_of(facts):
        plain = urldefrag(url.strip())[0] if url.lower().startswith(("http://", "https://")) else ""
        if plain and "{{" not in plain and _host(plain) not in {"", facts.own_host}:
            found[plain] = None
    return list(found)[:MOST_LINKS]


def known_of(urls: Iterable[str], *, now: datetime) -> dict[str, LinkCheck]:
    """The answers that are still fresh, by address."""
    rows = LinkCheck.objects.filter(key__in=[_key(url) for url in urls])
    return {row.url: row for row in rows if row.checked_at > now - (FRESH if row.verdict == Verdict.FINE else FRESH_IF_BAD)}


def _ask(urls: list[str], network: Network, rest: Callable[[float], None], seconds: float) -> Mapping[str, Answer]:
    sites: dict[str, list[str]] = {}
    for url in urls:
        sites.setdefault(_host(url), []).append(url)

    def one_site(of_site: list[str]) -> dict[str, Answer]:
        found = {}
        for place, url in enumerate(of_site):
            if place:
                rest(_REST_SECONDS)
            found[url] = judge(url, network=network, seconds=seconds)
            if found[url][0] == Verdict.NO_SITE:  # its other pages are not there, either
                return {**dict.fromkeys(of_site, found[url]), **found}
        return found

    answers: dict[str, Answer] = {}
    if sites:
        with ThreadPoolExecutor(max_workers=min(_SITES_AT_ONCE, len(sites))) as pool:
            for found in pool.map(one_site, sites.values()):
                answers |= found
    return answers


def judge(url: str, *, network: Network = INTERNET, seconds: float = _SECONDS_A_LINK) -> Answer:
    """(verdict, detail) of one address, asked now."""
    try:
        page = fetching.fetch(url, method="HEAD", seconds=seconds, network=network)
        if page.status >= 400:
            page = fetching.fetch(url, most_bytes=_ENOUGH_BYTES, enough=True, seconds=seconds, network=network)
    except FetchError as error:
        if error.kind == "dns":
            return Verdict.NO_SITE, str(error)
        if error.kind == "tls":
            return Verdict.BAD_TLS, str(error)
        return Verdict.UNCLEAR, str(error)
    if page.status in {404, 410}:
        return Verdict.GONE, str(page.status)
    return (Verdict.FINE if page.status < 400 else Verdict.UNCLEAR), str(page.status)


def _key(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
