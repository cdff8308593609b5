"""One page of the public side: the publication's frame around a template, in the right language and direction."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from masthead.common.urls import path
from masthead.issues.models import Publication
from masthead.web.hosts import prefix_of, publication_of
from masthead.web.middleware import spoken

_DEFAULT_ACCENT = "1d4e89"


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


def base_of(publication: Publication | None) -> str:
    """The publication's address without a slash at its end, else this install's."""
    return ((publication.base_url if publication else "") or str(settings.BASE_URL)).rstrip("/")


def direction_in(language: str, publication: Publication | None) -> str:
    """How `language` is written: as the publication overruled it for its own language, else as it is."""
    if publication and publication.direction and publication.language == language:
        return publication.direction
    return "rtl" if translation.get_language_info(spoken(language))["bidi"] and spoken(language) != "en" else "ltr"


def host_of(publication: Publication) -> str:
    """The host readers see in the address bar."""
    return urlsplit(base_of(publication)).netloc


def _theme(publication: Publication | None) -> str:
    accent = (publication.accent if publication else "").lstrip("#").lower()
    return path("theme", name=accent if re.fullmatch(r"[0-9a-f]{6}", accent) else _DEFAULT_ACCENT)
