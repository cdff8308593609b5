"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from masthead.issues import lookups
from masthead.issues.models import Publication
from masthead.web.page import for_publication, page
from masthead.web.site.pictures import local_picture

_EARLIER = 6


@require_safe
@for_publication
def home(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The newest issue, a few before it, and the way to get the next."""
    now = timezone.now()
    newest, *earlier = lookups.archive(publication, now=now)[: _EARLIER + 1] or [None]
    context = {"newest": newest, "earlier": earlier, "picture": local_picture(newest) if newest else None}
    return page(request, "site/home.html", context)
