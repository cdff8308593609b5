"""A feed as Atom (RFC 4287)."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from masthead.web.site.feeds.entries import Entry, Feed

_ATOM = "http://www.w3.org/2005/Atom"
#: RFC 5005
_HISTORY = "http://purl.org/syndication/history/1.0"
_XML = "http://www.w3.org/XML/1998/namespace"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


def write(feed: Feed) -> bytes:
    """The document."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xmlns:fh": _HISTORY, f"{{{_XML}}}lang": feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    if feed.subtitle:
        _add(root, "subtitle", feed.subtitle)
    _add(root, "updated", feed.updated.isoformat())
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    for relation, address in (("current", feed.current), ("prev-archive", feed.older), ("next-archive", feed.newer)):
        if address:
            _add(root, "link", rel=relation, type="application/atom+xml", href=address)
    if feed.is_archive:
        _add(root, "fh:archive")
    # RFC 4287, 4.1.1: a feed has an author unless each entry has one.
    _add(_add(root, "author"), "name", feed.title)
    _add(root, "generator", "Masthead")
    for entry in feed.entries:
        _write_entry(ET.SubElement(root, "entry", {f"{{{_XML}}}lang": entry.language}), entry)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _write_entry(element: ET.Element, entry: Entry) -> None:
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "link", rel="alternate", type="text/html", href=entry.url)
    _add(element, "published", entry.published.isoformat())
    _add(element, "updated", entry.updated.isoformat())
    for author in entry.authors:
        person = _add(element, "author")
        _add(person, "name", author.name)
        if author.url:
            _add(person, "uri", author.url)
    if entry.summary:
        _add(element, "summary", entry.summary)
    if entry.html:
        _add(element, "content", entry.html, type="html")


def _add(parent: ET.Element, name: str, text: str = "", /, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text or None
    return element
