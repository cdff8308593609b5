"""What protects a form that has no session behind it.

The sign-up and sign-in forms carry no power of the visitor: whoever could make a browser post them could post them alone. So
they get no cookie. A signed time in the form proves that it came from a page of ours, at least two seconds and at most a day
ago, which also is the time lock against machines (security rule S14); the Origin header, where the browser sends one, must be
ours.

Pages reached by a link from a mail are authenticated by the token in their address, which nobody else can know or guess: a
foreign page cannot name it, so a session's token would add nothing, and unsubscribing must work in any browser (S6, S13).
The reader's account, which does live in a session, has Django's CSRF token.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]

STAMP_FIELD = "stamp"
#: The field no person sees; machines fill it in.
HONEYPOT_FIELD = "website"
_LEAST_SECONDS = 2
_MOST_SECONDS = 24 * 3600
_signer = signing.TimestampSigner(salt="masthead.web.forms")


class TooSoon(Exception):
    """The form came back faster than a person types, or after more than a day. The input is kept and may be sent again."""


def stamp() -> str:
    """The signed time a form carries."""
    return _signer.sign("form")


def check_stamp(request: HttpRequest) -> None:
    """Raises PermissionDenied for a form that is not ours, TooSoon for one that was filled in too fast or too long ago."""
    value = request.POST.get(STAMP_FIELD, "")
    try:
        _signer.unsign(value)
    except signing.BadSignature as error:
        raise PermissionDenied("The form did not come from a page of this site.") from error
    made = signing.b62_decode(value.split(":")[1])
    if not _LEAST_SECONDS <= time.time() - made <= _MOST_SECONDS:
        raise TooSoon


def is_machine(request: HttpRequest) -> bool:
    """Whether the field that no person sees was filled in."""
    return bool(request.POST.get(HONEYPOT_FIELD, "").strip())


def stateless(view: View) -> View:
    """A form without a session behind it: no CSRF cookie; a POST must come from our own origin where the browser tells."""

    @csrf_exempt
    @functools.wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "POST":
            _check_origin(request)
        return view(request, *args, **kwargs)

    return checked


def embeddable(view: View) -> View:
    """A form that may stand on anybody's page, too. It carries no power of the visitor, and brings about one mail that asks.

    What came `from_elsewhere` without a proof of work is shown again on our own page, to be sent from there.
    """
    return csrf_exempt(view)


def from_elsewhere(request: HttpRequest) -> bool:
    """Whether a form was posted by a page that is not ours, or brings no signed time."""
    try:
        _check_origin(request)
    except PermissionDenied:
        return True
    return not request.POST.get(STAMP_FIELD)


def by_token(view: View) -> View:
    """A page whose address holds a token from a mail. The token is the proof; see the top of this module."""
    return csrf_exempt(view)


def _check_origin(request: HttpRequest) -> None:
    """Refuse what a browser says was posted by another site. Programs and old browsers that say nothing have nothing to steal."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise PermissionDenied("The form was posted by another site.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != "null" and origin.partition("://")[2] != request.get_host():
        raise PermissionDenied("The form was posted by another site.")
