"""A feed as JSON Feed 1.1."""

from __future__ import annotations

import json
from typing import Any

from masthead.web.site.feeds.entries import Entry, Feed

CONTENT_TYPE = "application/feed+json; charset=utf-8"


def write(feed: Feed) -> bytes:
    """The document."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    if feed.subtitle:
        document["description"] = feed.subtitle
    if feed.older:
        document["next_url"] = feed.older
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "language": entry.language,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "_masthead": {"number": entry.number, "label": entry.label},
    }
    # The format wants one of the two contents in every item.
    item |= {"content_html": entry.html} if entry.html else {"content_text": entry.summary}
    if entry.summary:
        item["summary"] = entry.summary
    if entry.authors:
        item["authors"] = [{"name": a.name, **({"url": a.url} if a.url else {})} for a in entry.authors]
    if entry.picture:
        item["image"] = entry.picture.url
    return item
