"""A feed as RSS 2.0, with the modules that readers know: content, dc, atom."""

from __future__ import annotations

from email.utils import format_datetime
from xml.etree import ElementTree as ET

from masthead.web.site.feeds.entries import Entry, Feed

CONTENT_TYPE = "application/rss+xml; charset=utf-8"
_NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:fh": "http://purl.org/syndication/history/1.0",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}


def write(feed: Feed) -> bytes:
    """The document."""
    root = ET.Element("rss", {"version": "2.0", **_NAMESPACES})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home)
    _add(channel, "description", feed.subtitle or feed.title)
    _add(channel, "language", feed.language)
    _add(channel, "lastBuildDate", format_datetime(feed.updated))
    _add(channel, "generator", "Masthead")
    _add(channel, "atom:link", rel="self", type="application/rss+xml", href=feed.address)
    for relation, address in (("current", feed.current), ("prev-archive", feed.older), ("next-archive", feed.newer)):
        if address:
            _add(channel, "atom:link", rel=relation, type="application/rss+xml", href=address)
    if feed.is_archive:
        _add(channel, "fh:archive")
    for entry in feed.entries:
        _write_item(ET.SubElement(channel, "item"), entry)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _write_item(item: ET.Element, entry: Entry) -> None:
    _add(item, "title", entry.title)
    _add(item, "link", entry.url)
    _add(item, "guid", entry.id, isPermaLink="false")
    _add(item, "pubDate", format_datetime(entry.published))
    for author in entry.authors:
        _add(item, "dc:creator", author.name)
    _add(item, "dc:language", entry.language)
    if entry.summary:
        _add(item, "description", entry.summary)
    if entry.html:
        _add(item, "content:encoded", entry.html)


def _add(parent: ET.Element, name: str, text: str = "", /, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text or None
