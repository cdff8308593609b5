"""The pages for what goes wrong, in the publication's design."""

from __future__ import annotations

import logging
import secrets

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from masthead.web.budgets import OverBudget
from masthead.web.middleware import is_desk
from masthead.web.page import page

_log = logging.getLogger("masthead.web")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read; 413: it is more than a request may hold."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        words = _("What was sent is too large. Nothing was changed: go back, make it smaller or split it.")
        return _error(request, 413, _("That is too much at once"), words)
    words = _("What was sent cannot be read. Please go back and try again.")
    return _error(request, 400, _("That did not work"), words)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, without saying what is there."""
    words = _("This form was not sent from a page of ours, or the page had been open for too long. Please load it again.")
    return _error(request, 403, _("Not allowed"), words)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token."""
    return forbidden(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 with a search. The same page for what never was, what is not public yet and what is not for everyone."""
    words = _("There is nothing at this address. It may have been mistyped, or the link is old.")
    return _error(request, 404, _("Page not found"), words, search=True)


def too_many(request: HttpRequest, over: OverBudget) -> HttpResponse:
    """429 with the time to wait."""
    minutes = -(-over.seconds // 60)
    words = _("Too many attempts came from your network. Please try again in %(minutes)s minutes.") % {"minutes": minutes}
    response = _error(request, 429, _("Please wait a little"), words)
    response.headers["Retry-After"] = str(over.seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a reference that stands in the log, too. It asks the database for nothing: that may be what is broken."""
    reference = secrets.token_hex(4)
    _log.error("An answer failed; reference %s, %s %s", reference, request.method, request.path)
    return render(request, "site/500.html", {"reference": reference}, status=500)


def _error(request: HttpRequest, status: int, title: str, words: str, *, search: bool = False) -> HttpResponse:
    context = {"error_title": title, "error_words": words, "search": search}
    if is_desk(request):
        return render(request, "site/error_plain.html", context, status=status)
    return page(request, "site/error.html", context, status=status, noindex=True)
