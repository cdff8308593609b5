"""Forwarding an issue to a friend, and saying no to it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from masthead.audience.models import Subscriber
from masthead.common.addresses import BadAddress
from masthead.forwarding import forwarding, links
from masthead.issues import lookups
from masthead.issues.models import Publication
from masthead.web.budgets import FORWARD, TOKENS
from masthead.web.forms import by_token
from masthead.web.limits import spends
from masthead.web.page import for_publication
from masthead.web.portal.account import for_reader
from masthead.web.portal.frame import gone, own_page, why_not

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@spends(FORWARD)
@for_reader
def forward(request: HttpRequest, publication: Publication, reader: Subscriber, number: int) -> HttpResponse:
    """One address and a button. The answer is the same whatever became of it (security rule S12)."""
    now = timezone.now()
    edition = lookups.edition_at(publication, number)
    if edition is None or not forwarding.may_be_forwarded(edition, now=now):
        raise Http404
    context = {"edition": edition, "reader_address": reader.address}
    if request.method != "POST":
        return own_page(request, "portal/forward.html", context, reader=reader)
    typed = request.POST.get("friend", "")[:1000]
    try:
        forwarding.forward(edition=edition, reader=reader, friend=typed, now=now)
    except BadAddress as error:
        context |= {"problem": why_not(error), "field": "friend", "typed": typed}
        return own_page(request, "portal/forward.html", context, reader=reader, status=400)
    return own_page(request, "portal/forward.html", context | {"done": True}, reader=reader)


@require_http_methods(_METHODS)
@by_token
@spends(TOKENS)
@for_publication
def forward_stop(request: HttpRequest, publication: Publication, token: str) -> HttpResponse:
    """A button; opening the page changes nothing, since scanners open links. A mail program may post, too (RFC 8058)."""
    friend = links.friend_in(token)
    if friend is None:
        return gone(request, expired=False)
    if request.method == "POST":
        forwarding.refuse(friend=friend, now=timezone.now())
    return own_page(request, "portal/forward_stop.html", {"done": request.method == "POST"})
