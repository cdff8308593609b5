"""Subscribing: the form, the page that says where to look, the button that confirms."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from masthead.audience import consent
from masthead.audience.models import MailingList
from masthead.common.addresses import BadAddress, mask, normalise
from masthead.common.urls import absolute
from masthead.issues import lookups
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of, sender_of
from masthead.web.budgets import SIGN_UP, TOKENS
from masthead.web.forms import TooSoon, by_token, check_stamp, is_machine, stateless
from masthead.web.limits import spends
from masthead.web.middleware import spoken
from masthead.web.page import for_publication
from masthead.web.portal.frame import gone, offered_lists, own_page, why_not
from masthead.web.portal.preferences_form import choices
from masthead.web.portal.webmail import webmail_of

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@stateless
@spends(SIGN_UP)
@for_publication
def subscribe(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The form; when it was sent, what to look for in the inbox, alike for every address (security rule S12)."""
    offered = offered_lists(publication)
    if not offered:
        return own_page(request, "portal/no_lists.html")
    if request.method != "POST":
        return _form(request, publication, offered, {"address": request.GET.get("address", "")[:320]})
    try:
        check_stamp(request)
        return _ask(request, publication, offered)
    except TooSoon:
        problem = _("That was very quick, or the page was open for very long. Please press the button once more.")
        return _form(request, publication, offered, request.POST, problem=problem)
    except BadAddress as error:
        return _form(request, publication, offered, request.POST, problem=why_not(error), field="address", status=400)


@require_http_methods(_METHODS)
@by_token
@spends(TOKENS)
@for_publication
def confirm(request: HttpRequest, publication: Publication, token: str) -> HttpResponse:
    """A page with a button; opening it changes nothing, since scanners open links. The button confirms."""
    now = timezone.now()
    try:
        if request.method == "POST":
            confirmed = consent.confirm(token=token, now=now)
            newest = lookups.newest(publication, now=now)
            context: dict[str, Any] = {"confirmed": confirmed, "newest": newest}
            return own_page(request, "portal/welcome.html", context, reader=confirmed.subscriber)
        waiting = consent.peek(token=token, now=now)
    except consent.UnknownLink:
        return gone(request, expired=False)
    except consent.LinkExpired:
        return gone(request, expired=True)
    context = {"waiting": waiting, "address_masked": mask(waiting.subscriber.address)}
    return own_page(request, "portal/confirm.html", context, reader=waiting.subscriber)


def consent_text(publication: Publication, language: str) -> str:
    """What the form says about consent; kept with the reader's request."""
    with override(spoken(language)):
        return _(
            "I want to receive %(publication)s by e-mail. I can leave at any time, with one click in each mail. "
            "You store my address, my name if I give it, what I chose here and when, until I leave or ask you to erase it."
        ) % {"publication": publication.name}


def _ask(request: HttpRequest, publication: Publication, offered: list[MailingList]) -> HttpResponse:
    address = request.POST.get("address", "")[:1000]
    checked = normalise(address)
    sender = sender_of(publication)
    chosen = [entry for entry in offered if entry.slug in request.POST.getlist("lists")] or _default(request, offered)
    if is_machine(request):
        # It gets the answer everybody gets, and nothing happens.
        asked = consent.Requested(mask(checked.address), "", sender.address)
    else:
        fields = choices(request.POST)
        asked = consent.request(
            address=address,
            lists=chosen,
            text=consent_text(publication, publication.language),
            how="form",
            sender=sender,
            confirm_url=lambda token: absolute(base_url_of(publication), "confirm", token=token),
            now=timezone.now(),
            name=request.POST.get("name", "")[:200],
            language=fields["language"] or publication.language,
            mail_format=fields["mail_format"],
            mail_mode=fields["mail_mode"],
        )
    context = {"asked": asked, "webmail": webmail_of(checked.address)}
    return own_page(request, "portal/check_inbox.html", context)


def _default(request: HttpRequest, offered: list[MailingList]) -> list[MailingList]:
    """The short form asks nothing but the address: it means the first list. The long one has its boxes ticked."""
    return offered[:1]


def _form(
    request: HttpRequest,
    publication: Publication,
    offered: list[MailingList],
    values: Any,
    *,
    problem: str = "",
    field: str = "",
    status: int = 200,
) -> HttpResponse:
    ticked = set(values.getlist("lists")) if hasattr(values, "getlist") else set()
    context = {
        "offered": offered,
        "ticked": ticked or {offered[0].slug},
        "values": values,
        "holds": values.get("holds") or "publication",
        "wanted_language": values.get("language") or publication.language,
        "languages": settings.LANGUAGES,
        "consent_text": consent_text(publication, publication.language),
        "problem": problem,
        "field": field,
    }
    return own_page(request, "portal/subscribe.html", context, status=status)
