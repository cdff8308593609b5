"""A page of the web → a manuscript, fetched by the guarded client with the pictures it shows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from masthead.common import fetching
from masthead.common.fetching import INTERNET, FetchError, Network
from masthead.issues import importing
from masthead.issues.importing import Imported
from masthead.issues.manuscripts import text_files
from masthead.issues.manuscripts.neutral import BadManuscript, Piece

_MOST_BYTES = 5_000_000
_HREF = re.compile(r'(<a href=")([^"]*)(")')


def read(url: str, *, given: Mapping[str, str] | None = None, network: Network = INTERNET) -> Imported:
    """The article of the page at `url`. Raises BadManuscript for a page that cannot be had or read."""
    try:
        page = fetching.fetch(url, most_bytes=_MOST_BYTES, accept="text/html,application/xhtml+xml", network=network)
    except FetchError as error:
        raise BadManuscript(f"{url[:200]}: {error}") from error
    if page.status != 200:
        raise BadManuscript(f"{url[:200]} answers {page.status} instead of a page. Check the address in a browser.")
    if page.content_type not in {"text/html", "application/xhtml+xml", ""}:
        raise BadManuscript(f"{url[:200]} is no web page but {page.content_type}. Save it and import the file.")
    text, noticed = text_files.decoded_html(page.body, page.charset)

    def picture(source: str) -> tuple[bytes, str]:
        try:
            found = fetching.fetch(
                urljoin(page.url, source), most_bytes=importing.MOST_PICTURE_BYTES, accept="image/*", network=network
            )
        except FetchError as error:
            return b"", str(error)
        return (found.body, "") if found.status == 200 else (b"", f"the site answers {found.status}")

    # The mark says that these bytes are UTF-8, whatever the page said of itself.
    name = urlsplit(page.url).hostname or "page"
    found = importing.read(b"\xef\xbb\xbf" + text.encode(), name=f"{name}.html", given=given, finder=picture)
    return dataclasses.replace(
        found,
        name=page.url,
        noticed=(*found.noticed, *noticed),
        pieces=tuple(_absolute(piece, page.url) for piece in found.pieces),
        notes={key: _absolute_links(note, page.url) for key, note in found.notes.items()},
    )


def _absolute(piece: Piece, base: str) -> Piece:
    value = dict(piece.value)
    if isinstance(value.get("text"), str) and piece.kind != "heading":
        value["text"] = _absolute_links(str(value["text"]), base)
    if value.get("link"):
        value["link"] = urljoin(base, str(value["link"]))
    return Piece(piece.kind, value)


def _absolute_links(markup: str, base: str) -> str:
    return _HREF.sub(lambda found: f"{found[1]}{escape(_joined(base, unescape(found[2])))}{found[3]}", markup)


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url
