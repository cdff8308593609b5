"""Links and pixels of mails: by way of us to what the edition links to (rules S11, S15), counted when the publication says so."""

from __future__ import annotations

from base64 import b64decode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from masthead.delivery import lookups
from masthead.mail import sealing
from masthead.tracking.counting import WAITING, is_counted
from masthead.tracking.machines import OPENED, Followed
from masthead.web.budgets import ip_of

#: One transparent point (GIF89a).
_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@require_safe
def link(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """Lead on to link `number` of the edition of the mail; everything else is a neutral 404. HEAD counts nothing."""
    found = lookups.link(token, number)
    if found is None:
        raise Http404
    # A link of one mail is counted only as far as that is of readers who agreed.
    is_of_readers = found.is_shared or found.campaign.tracks_readers
    if is_of_readers and request.method == "GET" and is_counted(found.campaign.edition.publication):
        _note(request, found.campaign.pk, number, found.delivery)
    response = HttpResponseRedirect(found.target)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The pixel of one mail, alike for every token there can be (rule S12). Whether it is kept is decided when it is counted."""
    delivery = sealing.unseal(sealing.OPENED, token)
    if delivery and request.method == "GET":
        _note(request, 0, OPENED, delivery)
    # Mail programs in a browser show it on a page of theirs.
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(_PIXEL, content_type="image/gif", headers=headers)


def _note(request: HttpRequest, campaign: int, number: int, delivery: int) -> None:
    browser = request.headers.get("User-Agent", "")[:500]
    WAITING.note(Followed(campaign, number, ip_of(request), browser, timezone.now(), delivery))
