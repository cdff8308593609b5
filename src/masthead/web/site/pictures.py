"""The lead picture of an edition, as its head names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from masthead.issues.models import Edition


@dataclass(frozen=True)
class LeadPicture:
    """Where the picture is, how large, and what it shows ("" for decoration)."""

    url: str
    width: int
    height: int
    alt: str


def lead_picture(edition: Edition, *, key: str = "lead_image") -> LeadPicture | None:
    """The picture under `key` of the edition's head, or None."""
    found: Any = edition.head.get(key) or None
    if not isinstance(found, dict) or not found.get("url"):
        return None
    return LeadPicture(found["url"], int(found.get("width") or 0), int(found.get("height") or 0), str(found.get("alt") or ""))
