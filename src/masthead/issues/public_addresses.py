"""Where publications are reached: each at an address of its own, a host or a path of one.

A path once mailed is a promise for ever, so an address that a publication left is remembered.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from masthead.common.urls import PATHS
from masthead.issues.models import Publication

#: First parts of paths that mean something else on every host.
RESERVED = frozenset(
    {"desk", "static", *(first for path in PATHS.values() if "{" not in (first := path.split("/")[1]) and first)}
)
_PART = re.compile(r"[A-Za-z0-9._~-]{1,60}")


class BadPublicAddress(ValueError):
    """An address no publication can have, or another one has; the text says so and the way out."""


def place_of(url: str) -> tuple[str, str]:
    """Host and path of a public address: what tells one from another. Pages are found by these, not by scheme or port."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.path.rstrip("/")


def checked(url: str) -> str:
    """`url` without a slash at its end; "" stays so. Raises BadPublicAddress for what is no address a publication can have."""
    if not url:
        return ""
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadPublicAddress(_("The public address must look like https://news.example.org, not “%(url)s”.") % {"url": url})
    steps = [step for step in parts.path.split("/") if step]
    odd = next((step for step in steps if not _PART.fullmatch(step) or step in {".", ".."}), None)
    if odd is not None:
        raise BadPublicAddress(
            _("The path of a public address holds letters, digits, - and _ only, not “%(part)s”.") % {"part": odd}
        )
    if steps and (steps[0].lower() in RESERVED or steps[0].isdecimal()):
        raise BadPublicAddress(_("“/%(part)s” leads elsewhere on every host. Choose another path.") % {"part": steps[0]})
    return f"{parts.scheme}://{parts.netloc}" + "".join(f"/{step}" for step in steps)


def refuse_taken(url: str, *, slug: str, but: Publication | None = None) -> None:
    """Raises BadPublicAddress if another publication than `but` has the address ("" is that of the install)."""
    wanted = place_of(url or settings.BASE_URL)
    for other in Publication.objects.exclude(pk=but.pk if but else 0):
        if place_of(other.public_address) == wanted:
            words = _("“%(name)s” is at %(url)s already. Take a host or a path of its own, such as %(free)s.")
            free = free_address(slug, base=other.public_address)
            raise BadPublicAddress(words % {"name": other.name, "url": other.public_address, "free": free})


def free_address(slug: str, *, base: str = "") -> str:
    """`base` ("" is the address of the install) if nobody is there, else a path below it."""
    taken = {place_of(publication.public_address) for publication in Publication.objects.all()}
    root = (base or settings.BASE_URL).rstrip("/")
    if place_of(root) not in taken:
        return base
    below = (f"{root}/{name}" for name in (slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))))
    return next(url for url in below if place_of(url) not in taken and url.rpartition("/")[2] not in RESERVED)


def moved(publication: Publication, *, before: str) -> list[str]:
    """The former addresses of `publication` now that it left `before`: mails that name them are out there."""
    here = place_of(publication.public_address)
    former = [url for url in (*publication.former_urls, before) if place_of(url) != here]
    return list({place_of(url): url for url in former}.values())
