"""Reading a page as a strict parser and as a person would."""

from __future__ import annotations

import re
from typing import Any

import html5lib
from bs4 import BeautifulSoup

from masthead.web.middleware import STRICT


def parsed(response: Any) -> BeautifulSoup:
    """The page of `response`, which must be well-formed HTML without anything inline, under the strict policy."""
    text = response.content.decode()
    html5lib.HTMLParser(strict=True).parse(text)
    assert response.headers["Content-Security-Policy"] == STRICT
    soup = BeautifulSoup(text, "html.parser")
    assert not soup.select("[style], style, [onclick], [onload], script:not([type='application/ld+json'], [src])")
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids)), ids
    # Not even our own address: the page may be visited by another, and shows only what lies on the same host.
    foreign = [e["src"] for e in soup.select("[src]") if re.match(r"(https?:)?//", e["src"])]
    assert foreign == []
    return soup


def words(response: Any) -> str:
    """What a person reads."""
    return " ".join(parsed(response).get_text(" ").split())
