"""A reader's way in: an address, then a link or a code by mail. There is no password."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from masthead.audience import sign_in as readers_sign_in
from masthead.audience.models import Subscriber
from masthead.common.addresses import BadAddress, mask, normalise
from masthead.common.urls import absolute
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of, sender_of
from masthead.web import reader_session
from masthead.web.budgets import CODES, SIGN_IN
from masthead.web.forms import TooSoon, check_stamp, is_machine, stateless
from masthead.web.hosts import asked_by_number
from masthead.web.limits import spends
from masthead.web.page import for_publication, here
from masthead.web.portal.frame import gone, own_page, why_not
from masthead.web.portal.webmail import webmail_of

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@stateless
@spends(SIGN_IN)
@for_publication
def sign_in(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The form for the address; then the one for the code, which is the same for known and unknown addresses (S12)."""
    onward = safe_path(request.POST.get("next") or request.GET.get("next", ""))
    if request.method != "POST":
        return _address_form(request, onward)
    address = request.POST.get("address", "")[:1000]
    try:
        check_stamp(request)
        if "code" in request.POST:
            return _by_code(request, address, onward)
        return _mail_link(request, publication, address, onward)
    except TooSoon:
        problem = _("That was very quick, or the page was open for very long. Please press the button once more.")
        return _address_form(request, onward, address=address, problem=problem)
    except BadAddress as error:
        return _address_form(request, onward, address=address, problem=why_not(error), status=400)


@require_http_methods(_METHODS)
@stateless
@spends(CODES)
@for_publication
def sign_in_link(request: HttpRequest, publication: Publication, token: str) -> HttpResponse:
    """A page with a button, since scanners open links. A POST from another site is refused: nobody is signed in unawares."""
    now = timezone.now()
    onward = safe_path(request.GET.get("next", ""))
    if request.method == "POST":
        try:
            reader = readers_sign_in.by_token(token=token, now=now)
        except readers_sign_in.NotSignedIn:
            return gone(request, expired=True)
        return _enter(request, reader, onward)
    expected = readers_sign_in.peek(token=token, now=now)
    if expected is None:
        return gone(request, expired=True)
    return own_page(request, "portal/sign_in_button.html", reader=expected)


@require_POST
@csrf_protect
@for_publication
def sign_out(request: HttpRequest, publication: Publication) -> HttpResponse:
    """End the session."""
    reader_session.sign_out(request)
    return HttpResponseRedirect(here(request, "home"))


def safe_path(path: str) -> str:
    """`path` if it is one of this site, else "": nobody is led elsewhere after signing in."""
    plain = path.isascii() and path.isprintable() and len(path) < 300
    return path if plain and path.startswith("/") and not path.startswith(("//", "/\\")) else ""


def _address_form(request: HttpRequest, onward: str, *, address: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    context = {"next": onward, "address": address, "problem": problem, "with_passkeys": not asked_by_number(request)}
    return own_page(request, "portal/sign_in.html", context, status=status)


def _mail_link(request: HttpRequest, publication: Publication, address: str, onward: str) -> HttpResponse:
    checked = normalise(address)
    sender = sender_of(publication)
    query = f"?next={quote(onward, safe='/')}" if onward else ""
    if is_machine(request):
        asked = readers_sign_in.Asked(mask(checked.address), "", sender.address)
    else:
        asked = readers_sign_in.request(
            address=address,
            sender=sender,
            link_url=lambda token: absolute(base_url_of(publication), "sign_in_link", token=token) + query,
            language=publication.language,
            now=timezone.now(),
        )
    return _code_form(request, asked, checked.address, onward)


def _code_form(
    request: HttpRequest, asked: readers_sign_in.Asked | None, address: str, onward: str, *, problem: str = ""
) -> HttpResponse:
    context = {
        "asked": asked,
        "address": address,
        "next": onward,
        "webmail": webmail_of(address),
        "problem": problem,
        "minutes": readers_sign_in.MINUTES,
    }
    return own_page(request, "portal/sign_in_code.html", context, status=400 if problem else 200)


def _by_code(request: HttpRequest, address: str, onward: str) -> HttpResponse:
    try:
        reader = readers_sign_in.by_code(address=address, code=request.POST.get("code", "")[:20], now=timezone.now())
    except readers_sign_in.NotSignedIn:
        problem = _("This code does not work. It may be mistyped, used or too old. The link in the mail works as well.")
        return _code_form(request, None, address, onward, problem=problem)
    return _enter(request, reader, onward)


def _enter(request: HttpRequest, reader: Subscriber, onward: str) -> HttpResponse:
    reader_session.sign_in(request, reader, now=timezone.now())
    return HttpResponseRedirect(onward or here(request, "account"))
