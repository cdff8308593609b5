"""Links: where they lead and what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from ipaddress import ip_address
from urllib.parse import urldefrag, urlsplit

from django.utils.translation import gettext as _

from masthead.issues.findings.base import Facts, Finding, lowered, place_of
from masthead.issues.publications import is_loopback

SHORTENERS = frozenset(
    {"bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly", "t.co", "t.ly", "tiny.cc"}
    | {"tinyurl.com", "shorturl.at", "v.gd"}
)
#: In the languages of the desk; a screen reader's list of links is made of these words alone.
_SAYS_NOTHING = frozenset(
    """here|click here|read more|more|link|this|ici|cliquez ici|lire la suite|aquí|haga clic aquí|leer más|hier|hier klicken|mehr
    |weiterlesen|هنا|اضغط هنا|اینجا|اینجا کلیک کنید|بیشتر""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)


def unsafe(facts: Facts) -> Iterator[Finding]:
    """Relative, data:, javascript: and other addresses no reader can follow; hosts that only this network knows."""
    for place, url, _text in links_of(facts):
        fault = _fault(url)
        if fault:
            yield Finding("link-unusable", "block", place, fault % {"url": url[:200]}, _("Write the full address: https://…"))


def unencrypted(facts: Facts) -> Iterator[Finding]:
    """http: addresses, which anyone on the way can read and change."""
    for place, url, _text in links_of(facts):
        if url.lower().startswith("http:") and not _fault(url):
            yield Finding(
                "link-http",
                lowered(facts, "link-http"),
                place,
                _("%(url)s is not encrypted.") % {"url": url[:200]},
                _("Write https:// instead. If the site does not know it, an owner can let such links pass in the publication."),
            )


def shortened(facts: Facts) -> Iterator[Finding]:
    """Links through a shortener: spam filters distrust them, and they die."""
    for place, url, _text in links_of(facts):
        host = (_host(url) or "").removeprefix("www.")
        if host in SHORTENERS:
            yield Finding(
                "link-shortened",
                "warn",
                place,
                _("%(url)s hides where it leads.") % {"url": url[:200]},
                _("Link to the page itself."),
            )


def says_nothing(facts: Facts) -> Iterator[Finding]:
    """Link text that does not say where it leads."""
    for place, _url, text in links_of(facts):
        if text.strip(" .…:»>→").casefold() in _SAYS_NOTHING:
            yield Finding(
                "link-text",
                "warn",
                place,
                _("The words “%(text)s” do not say where the link leads.") % {"text": text},
                _("Link the words that name the page."),
            )


def ambiguous(facts: Facts) -> Iterator[Finding]:
    """The same words, two targets."""
    seen: dict[str, str] = {}
    for place, url, text in links_of(facts):
        key = text.casefold().strip()
        if not key or key in _SAYS_NOTHING:
            continue
        if seen.setdefault(key, url) != url:
            yield Finding(
                "link-ambiguous",
                "warn",
                place,
                _("“%(text)s” leads to two different pages.") % {"text": text[:80]},
                _("Say in the words what differs, or correct one of the addresses."),
            )


def not_public(facts: Facts) -> Iterator[Finding]:
    """Links to issues of ours that readers cannot open."""
    for place, url, _text in links_of(facts):
        if facts.own_host and _host(url) == facts.own_host and urlsplit(url).path in facts.private_paths:
            yield Finding(
                "link-not-public",
                "warn",
                place,
                _("%(url)s is not public.") % {"url": url[:200]},
                _("Publish it first, or remove the link."),
            )


def dead(facts: Facts) -> Iterator[Finding]:
    """Pages that are gone, sites that are not there or cannot prove who they are: as far as they were asked."""
    said = {
        "gone": _("%(url)s answers that the page is gone (%(detail)s)."),
        "no_site": _("%(url)s: there is no such site."),
        "bad_tls": _("%(url)s has no valid certificate."),
    }
    for place, url, _text in links_of(facts):
        verdict, detail = facts.link_answers.get(urldefrag(url.strip())[0], ("", ""))
        if verdict in said:
            yield Finding(
                f"link-{verdict.replace('_', '-')}",
                "warn",
                place,
                said[verdict] % {"url": url[:200], "detail": detail},
                _("Open it yourself; correct the address or link to another page."),
            )


def links_of(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """(place, address, words) of each link an editor wrote, addresses as written."""
    for number, block in enumerate(facts.content.body, 1):
        for url, text in _links(block):
            yield place_of(number), url, text
    for note in facts.content.notes:
        for url, text in _in_html(note.html):
            yield _("footnote %(key)s") % {"key": note.key}, url, text


def _links(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, tuple):
        for item in value:
            yield from _links(item)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name == "html":
                yield from _in_html(inner)
            elif field.name in {"url", "link"} and type(value).__name__ not in {"Picture", "Source", "FileBlock"}:
                if inner or field.name == "url":
                    yield inner, str(getattr(value, "title", "") or getattr(value, "label", ""))
            else:
                yield from _links(inner)


class _Anchors(HTMLParser):
    """Collects the links of rich text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append((dict(attrs).get("href") or "", []))
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1][1].append(data)


def _in_html(html: str) -> list[tuple[str, str]]:
    anchors = _Anchors()
    anchors.feed(html)
    anchors.close()
    return [(url, " ".join("".join(words).split())) for url, words in anchors.found]


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _fault(url: str) -> str:
    """Why nobody can follow `url`, as a sentence with %(url)s; empty when it is fine."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return _("“%(url)s” is no address.")
    scheme = parts.scheme.lower()
    if scheme in {"mailto", "tel"}:
        return "" if parts.path else _("“%(url)s” leads nowhere.")
    if not scheme:
        return _("“%(url)s” is not a full address.")
    if scheme not in {"http", "https"}:
        return _("“%(url)s” is no address that a mail may hold.")
    if not host:
        return _("“%(url)s” names no site.")
    if is_loopback(host) or host.endswith((".local", ".internal", ".lan")) or _is_private(host):
        return _("“%(url)s” can be opened in your own network only.")
    return ""


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
