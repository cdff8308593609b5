"""Passkeys: sign in by one, add, remove. Each ceremony is two posts: an empty one begins it, the device's answer ends it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from masthead.audience import passkeys as verbs
from masthead.audience.models import Subscriber
from masthead.issues.models import Publication
from masthead.web import reader_session
from masthead.web.budgets import CODES
from masthead.web.forms import stateless
from masthead.web.hosts import asked_by_number
from masthead.web.limits import spends
from masthead.web.page import for_publication, here
from masthead.web.portal.account import for_reader

#: What a begun ceremony expects. It is taken out before the answer is judged: an answer works once.
_STATE = "passkey_state"
_MOST_BYTES = 20_000


@require_POST
@stateless
@spends(CODES)
@for_publication
def passkey_sign_in(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The same options for everybody; then who holds the key."""
    try:
        if not request.body:
            options, state = verbs.begin_sign_in(host=_host(request))
            return _begun(request, options, state)
        now = timezone.now()
        reader = verbs.sign_in(host=_host(request), state=_state(request), answer=_answer(request), now=now)
    except verbs.PasskeyRefused:
        return _refused()
    reader_session.sign_in(request, reader, now=now)
    return _private(JsonResponse({"next": here(request, "account")}))


@require_POST
@spends(CODES)
@for_reader
def passkeys(request: HttpRequest, publication: Publication, reader: Subscriber) -> HttpResponse:
    """Add one to the reader who is signed in."""
    try:
        if not request.body:
            options, state = verbs.begin_adding(subscriber=reader, host=_host(request), name=publication.name)
            return _begun(request, options, state)
        state = _state(request)
        verbs.add(subscriber=reader, host=_host(request), state=state, answer=_answer(request), now=timezone.now())
    except verbs.PasskeyRefused:
        return _refused()
    return _private(JsonResponse({"next": here(request, "account")}))


@require_POST
@for_reader
def passkey_remove(request: HttpRequest, publication: Publication, reader: Subscriber) -> HttpResponse:
    """Forget one; twice is no mistake."""
    number = request.POST.get("passkey", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        verbs.remove(subscriber=reader, number=int(number), now=timezone.now())
    return HttpResponseRedirect(here(request, "account"))


def _host(request: HttpRequest) -> str:
    """The host without its port: what a passkey belongs to. Raises PasskeyRefused."""
    if asked_by_number(request):
        raise verbs.PasskeyRefused
    return request.get_host().partition(":")[0].lower()


def _begun(request: HttpRequest, options: dict[str, Any], state: verbs.State) -> HttpResponse:
    request.session[_STATE] = state
    return _private(JsonResponse(options))


def _state(request: HttpRequest) -> verbs.State:
    state = request.session.pop(_STATE, None)
    if not isinstance(state, dict):
        raise verbs.PasskeyRefused
    return state


def _answer(request: HttpRequest) -> object:
    if len(request.body) > _MOST_BYTES:
        raise verbs.PasskeyRefused
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise verbs.PasskeyRefused from error


def _refused() -> HttpResponse:
    return _private(JsonResponse({"refused": True}, status=400))


def _private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
