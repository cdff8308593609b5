"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from masthead.issues import lookups
from masthead.issues.models import Publication
from masthead.web.hosts import place_of, publications_below
from masthead.web.page import for_publication, page
from masthead.web.site.pictures import lead_picture, local_picture

_EARLIER = 6


@require_safe
@for_publication
def home(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The newest issue, a few before it, and the way to get the next. At the root of a host nobody lives at: who lives below."""
    below = publications_below(request) if place_of(request).prefix == "" else []
    if len(below) == 1:
        return redirect(below[0].public_address + "/")
    if below:
        return page(request, "site/publications.html", {"publications": below, "publication": None}, noindex=True)
    now = timezone.now()
    newest, *earlier = lookups.archive(publication, now=now)[: _EARLIER + 1] or [None]
    context = {
        "newest": newest,
        "earlier": earlier,
        "picture": local_picture(newest) if newest else None,
        "card": lead_picture(newest, key="share_image") if newest else None,
    }
    return page(request, "site/home.html", context)
