"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from masthead.issues.models import Publication
from masthead.web.page import for_publication, page


@require_safe
@for_publication
def home(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The newest issue, a few before it, and the way to get the next."""
    return page(request, "site/home.html")
