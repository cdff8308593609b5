"""The lead picture of an edition, as its head names it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from masthead.common.urls import path
from masthead.issues.models import Edition
from masthead.web.hosts import prefix_of


@dataclass(frozen=True)
class LeadPicture:
    """Where the picture is, how large, and what it shows ("" for decoration)."""

    url: str
    width: int
    height: int
    alt: str


def lead_picture(edition: Edition, *, key: str = "lead_image") -> LeadPicture | None:
    """The picture under `key` of the edition's head with its absolute address, for machines elsewhere; or None."""
    found: Any = edition.head.get(key) or None
    if not isinstance(found, dict) or not found.get("url"):
        return None
    return LeadPicture(found["url"], int(found.get("width") or 0), int(found.get("height") or 0), str(found.get("alt") or ""))


def local_picture(edition: Edition, *, key: str = "lead_image") -> LeadPicture | None:
    """The picture under `key` for a page of ours, named from the root of the host: it shows whatever host the page is visited by.

    Only its name is taken from the edition, so it also outlives a change of the publication's address.
    """
    found = lead_picture(edition, key=key)
    if found is None:
        return None
    return replace(found, url=prefix_of(edition.publication) + path("media", name=found.url.rpartition("/")[2]))
