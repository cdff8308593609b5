"""The pages for what goes wrong, in the publication's design."""

from __future__ import annotations

import logging
import secrets
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from masthead.common.database import is_away
from masthead.common.full_disk import is_full_disk
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
    """500 with a reference that stands in the log, too; 503 when the disk is full or the database away, and that is said.

    It asks the database for nothing: that may be what is broken.
    """
    reference, error = secrets.token_hex(4), sys.exc_info()[1]
    _log.error("An answer failed; reference %s, %s %s", reference, request.method, request.path)
    title, words, status = _("Something went wrong here"), _("The fault is ours."), 500
    if error is not None and is_full_disk(error):
        title, status = _("The server has no room left"), 503
        words = _("Its disk is full, and nothing can be written. Whoever runs it has to make space; then it goes on by itself.")
    elif error is not None and is_away(error):
        title, words, status = _("The database does not answer"), _("It is out of reach or too busy at the moment."), 503
    context = {"error_title": title, "error_words": words, "reference": reference}
    response = render(request, "site/500.html", context, status=status)
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response


def _error(request: HttpRequest, status: int, title: str, words: str, *, search: bool = False) -> HttpResponse:
    context = {"error_title": title, "error_words": words, "search": search}
    if is_desk(request):
        return render(request, "site/error_plain.html", context, status=status)
    return page(request, "site/error.html", context, status=status, noindex=True)
