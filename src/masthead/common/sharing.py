"""Links to share a page and to follow a publication: plain addresses, no script, no picture from elsewhere.

Every value is percent-encoded with `%20` for a space: `+` is a plus sign in mailto: and in several of the apps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote

#: Bluesky posts hold 300 graphemes; the address and a space have to fit, too.
_BLUESKY_MOST = 300


class BadProfile(ValueError):
    """An address that is no profile of its network. The message says what one looks like."""


@dataclass(frozen=True)
class Channel:
    """A way to share: `build(url, title, excerpt)` makes the link. `label` is the network's own name, "" where it is a word."""

    name: str
    label: str
    build: Callable[[str, str, str], str]


@dataclass(frozen=True)
class ShareLink:
    """One link of a share row."""

    name: str
    label: str
    url: str


@dataclass(frozen=True)
class Network:
    """A place to follow a publication. `form` is the address of a profile, `example` one to show; `label` as for Channel."""

    name: str
    label: str
    example: str
    form: re.Pattern[str]


def _enc(text: str) -> str:
    return quote(text, safe="")


def _mail(url: str, title: str, excerpt: str) -> str:
    body = f"{excerpt}\r\n\r\n{url}" if excerpt else url
    return f"mailto:?subject={_enc(title)}&body={_enc(body)}"


def _bluesky(url: str, title: str, excerpt: str) -> str:
    room = max(0, _BLUESKY_MOST - len(url) - 1)
    short = title if len(title) <= room else title[: max(0, room - 1)].rstrip() + "…"
    return f"https://bsky.app/intent/compose?text={_enc(f'{short} {url}')}"


def _mastodon(url: str, title: str, excerpt: str) -> str:
    """Mastodon has no one server: the link leads to our page of the issue, which asks for the reader's server."""
    return f"{url.rstrip('/')}/#share-mastodon"


CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel("facebook", "Facebook", lambda url, title, excerpt: f"https://www.facebook.com/sharer/sharer.php?u={_enc(url)}"),
        Channel("email", "", _mail),
        Channel("mastodon", "Mastodon", _mastodon),
        Channel("bluesky", "Bluesky", _bluesky),
        Channel("whatsapp", "WhatsApp", lambda url, title, excerpt: f"https://wa.me/?text={_enc(f'{title} {url}')}"),
        Channel("telegram", "Telegram", lambda url, title, excerpt: f"https://t.me/share/url?url={_enc(url)}&text={_enc(title)}"),
        Channel("x", "X", lambda url, title, excerpt: f"https://x.com/intent/tweet?text={_enc(title)}&url={_enc(url)}"),
        Channel(
            "threads",
            "Threads",
            lambda url, title, excerpt: f"https://www.threads.com/intent/post?text={_enc(title)}&url={_enc(url)}",
        ),
        Channel(
            "linkedin", "LinkedIn", lambda url, title, excerpt: f"https://www.linkedin.com/sharing/share-offsite/?url={_enc(url)}"
        ),
        Channel(
            "reddit", "Reddit", lambda url, title, excerpt: f"https://www.reddit.com/submit?url={_enc(url)}&title={_enc(title)}"
        ),
    )
}


def share_links(names: Iterable[str], *, url: str, title: str, excerpt: str = "") -> list[ShareLink]:
    """The links of `names`, in that order; names that are no channel are left out. `url` must carry no token of a reader."""
    chosen = [CHANNELS[name] for name in names if name in CHANNELS]
    return [ShareLink(channel.name, channel.label, channel.build(url, title, excerpt)) for channel in chosen]


def _network(name: str, label: str, example: str, form: str) -> Network:
    return Network(name, label, example, re.compile(form))


_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{1,62}"
NETWORKS: dict[str, Network] = {
    network.name: network
    for network in (
        _network(
            "facebook", "Facebook", "https://www.facebook.com/name", r"https://www\.facebook\.com/[\w.%-]{1,100}(?:/\d{1,30})?/?"
        ),
        _network("mastodon", "Mastodon", "https://server.example/@name", rf"https://{_HOST}/@\w{{1,100}}"),
        _network("bluesky", "Bluesky", "https://bsky.app/profile/name.example", rf"https://bsky\.app/profile/{_HOST}"),
        _network("telegram", "Telegram", "https://t.me/channel", r"https://t\.me/\w{3,64}"),
        _network(
            "whatsapp", "WhatsApp", "https://whatsapp.com/channel/0029abcdef", r"https://(?:www\.)?whatsapp\.com/channel/\w{5,64}"
        ),
        _network("x", "X", "https://x.com/name", r"https://x\.com/\w{1,30}"),
        _network("threads", "Threads", "https://www.threads.com/@name", r"https://www\.threads\.com/@[\w.]{1,50}"),
        _network("instagram", "Instagram", "https://www.instagram.com/name/", r"https://www\.instagram\.com/[\w.]{1,50}/?"),
        _network("youtube", "YouTube", "https://www.youtube.com/@name", r"https://www\.youtube\.com/@[\w.-]{1,100}"),
        _network(
            "linkedin", "LinkedIn", "https://www.linkedin.com/company/name", r"https://www\.linkedin\.com/company/[\w%-]{1,100}/?"
        ),
        _network("website", "", "https://example.org/", rf"https://{_HOST}(?:/[\w./~%-]{{0,200}})?"),
    )
}


def check_profile_url(network: str, url: str) -> str:
    """`url` without blanks around it, if it has the form of a profile on `network`.

    Raises BadProfile, with an example of the right form.
    """
    known = NETWORKS.get(network)
    if known is None:
        raise BadProfile(f"{network!r} is no network Masthead knows: {', '.join(NETWORKS)}.")
    cleaned = url.strip()
    if len(cleaned) > 300 or not known.form.fullmatch(cleaned):
        raise BadProfile(f"{cleaned[:80]!r} is no profile on {known.label or known.name}. It looks like {known.example}.")
    return cleaned
