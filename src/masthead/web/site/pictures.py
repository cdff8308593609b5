"""Pictures of an edition, found at the publication's address of today wherever it was when they were frozen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from masthead.common.urls import absolute, path
from masthead.issues.models import Edition
from masthead.issues.publications import base_url_of
from masthead.web.hosts import prefix_of

#: The address of a frozen file between quotes: only its name matters, which is the hash of its content.
_FROZEN = re.compile(r"""(?<=["'])https?://[^"'<>\s]+/m/([0-9a-f]{64}\.[a-z0-9]{2,5})(?=["'])""")


@dataclass(frozen=True)
class LeadPicture:
    """Where the picture is, how large, and what it shows ("" for decoration)."""

    url: str
    width: int
    height: int
    alt: str


def lead_picture(edition: Edition, *, key: str = "lead_image") -> LeadPicture | None:
    """The picture under `key` of the edition's head with its absolute address of today, for machines elsewhere; or None."""
    found: Any = edition.head.get(key) or None
    if not isinstance(found, dict) or not found.get("url"):
        return None
    url = absolute(base_url_of(edition.publication), "media", name=_name(found["url"]))
    return LeadPicture(url, int(found.get("width") or 0), int(found.get("height") or 0), str(found.get("alt") or ""))


def local_picture(edition: Edition, *, key: str = "lead_image") -> LeadPicture | None:
    """The picture under `key` for a page of ours, named from the root of the host: it shows by whatever host one comes."""
    found = lead_picture(edition, key=key)
    if found is None:
        return None
    return replace(found, url=prefix_of(edition.publication) + path("media", name=_name(found.url)))


def at_home(html: str, edition: Edition) -> str:
    """`html`, a rendition of `edition`, with its files at today's address: the one it was frozen with may be gone, or others'."""
    base = base_url_of(edition.publication)
    if all(found[0] == absolute(base, "media", name=found[1]) for found in _FROZEN.finditer(html)):
        return html
    names = set(edition.assets.values_list("name", flat=True))
    return _FROZEN.sub(lambda found: absolute(base, "media", name=found[1]) if found[1] in names else found[0], html)


def _name(url: str) -> str:
    return url.rpartition("/")[2]
