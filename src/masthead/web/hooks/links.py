"""A reader's own links: from a mail, by way of us, to what the edition links to (rules S11, S15)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe

from masthead.delivery import lookups


@require_safe
def link(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """Lead on to link `number` of the edition that the mail was made of; everything else is a neutral 404."""
    target = lookups.link_target(token, number)
    if target is None:
        raise Http404
    response = HttpResponseRedirect(target)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
