"""Links of mails: by way of us to what the edition links to (rules S11, S15), counted when the publication says so."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from masthead.delivery import lookups
from masthead.tracking.counting import WAITING, Followed, is_counted
from masthead.web.budgets import ip_of


@require_safe
def link(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """Lead on to link `number` of the edition of the mail; everything else is a neutral 404. HEAD counts nothing."""
    found = lookups.link(token, number)
    if found is None:
        raise Http404
    if found.is_shared and request.method == "GET" and is_counted(found.campaign.edition.publication):
        browser = request.headers.get("User-Agent", "")[:500]
        WAITING.note(Followed(found.campaign.pk, number, ip_of(request), browser, timezone.now()))
    response = HttpResponseRedirect(found.target)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
