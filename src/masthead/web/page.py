"""One page of the public side: the publication's frame around a template, in the right language and direction."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation

from masthead.common.sharing import NETWORKS
from masthead.common.text import direction_of
from masthead.common.urls import path
from masthead.issues import lookups
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of
from masthead.web.hosts import prefix_of, publication_of
from masthead.web.middleware import spoken
from masthead.web.site.pictures import LeadPicture, local_picture
from masthead.web.site.theme import name_of


@dataclass(frozen=True)
class Account:
    """A profile to follow: the network's name, empty for an own website, and the address."""

    label: str
    url: str


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
    language: str | None = None,
    direction: str | None = None,
    noindex: bool = False,
) -> HttpResponse:
    """`template` in the publication's frame. `language` and `direction` are those of what is shown, else the publication's."""
    publication = publication_of(request)
    language = language or (publication.language if publication else "en")
    values = {
        "publication": publication,
        "language": language,
        "direction": direction or direction_in(language, publication),
        "prefix": prefix_of(publication),
        "theme": _theme(publication),
        "noindex": noindex,
        "base": base_url_of(publication) if publication else "",
        "follow": _follow(publication),
        "logo": _logo(publication),
        "footer": publication.text("footer", language) if publication else "",
        **(context or {}),
    }
    with translation.override(spoken(language)):
        response = render(request, template, values, status=status)
    response.headers["Content-Language"] = language
    if noindex:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def for_publication(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the view the publication that was asked for as `publication`; before the first one there is a friendly page."""

    @functools.wraps(view)
    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        publication = publication_of(request)
        if publication is None:
            return page(request, "site/nothing_yet.html", noindex=True)
        return view(request, publication=publication, **kwargs)

    return answered


def here(request: HttpRequest, name: str, /, **values: str | int) -> str:
    """The path of a page of this publication as a browser needs it: with the path part of the publication's address."""
    return prefix_of(publication_of(request)) + path(name, **values)


def direction_in(language: str, publication: Publication | None) -> str:
    """How `language` is written: as the publication overruled it for its own language, else as it is."""
    if publication and publication.direction and publication.language == language:
        return publication.direction
    return direction_of(language)


def _follow(publication: Publication | None) -> list[Account]:
    """The publication's accounts elsewhere; what is no profile of a network we know is left out."""
    found = []
    for account in publication.follow if publication else []:
        network = NETWORKS.get(account.get("network", ""))
        if network and network.form.fullmatch(account.get("url", "")):
            found.append(Account(network.label, account["url"]))
    return found


def _logo(publication: Publication | None) -> LeadPicture | None:
    """The logo as the newest issue has it: files are frozen with issues, and only those are served."""
    if publication is None or publication.logo_id is None:
        return None
    newest = lookups.newest(publication, now=timezone.now())
    return local_picture(newest, key="logo") if newest else None


def _theme(publication: Publication | None) -> str:
    look = (publication.accent, publication.night_accent, publication.typeface) if publication else ("",)
    return prefix_of(publication) + path("theme", name=name_of(*look))
