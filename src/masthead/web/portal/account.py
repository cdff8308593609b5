"""The account of a reader who signed in: preferences, address, data, erasure."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import consent, defining, erasure, exporting, preferences, retention, subscribers, tracking_consent
from masthead.audience.lookups import timeline
from masthead.audience.models import Attribute, Subscriber
from masthead.bounces.exporting import replies_of
from masthead.common.addresses import BadAddress, mask
from masthead.common.urls import absolute
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of, sender_of
from masthead.tracking import forgetting
from masthead.tracking.readers import data_of
from masthead.web import reader_session
from masthead.web.budgets import SIGN_UP, TOKENS
from masthead.web.forms import by_token
from masthead.web.hosts import asked_by_number
from masthead.web.limits import spends
from masthead.web.page import for_publication, here
from masthead.web.portal import preferences_form, questions, tracking_form
from masthead.web.portal.frame import gone, own_page, why_not

View = Callable[..., HttpResponse]


def for_reader(view: View) -> Callable[..., Any]:
    """Hands the view the `reader` who is signed in, in whose language it speaks; others are asked to sign in first."""

    @csrf_protect
    @for_publication
    @functools.wraps(view)
    def answered(request: HttpRequest, publication: Publication, **kwargs: Any) -> HttpResponse:
        reader = reader_session.reader_of(request)
        if reader is None:
            return HttpResponseRedirect(f"{here(request, 'sign_in')}?next={quote(request.path)}")
        with override(reader.language or publication.language):
            return view(request, publication=publication, reader=reader, **kwargs)

    return answered


@require_http_methods(["GET", "HEAD", "POST"])
@for_reader
def account(request: HttpRequest, publication: Publication, reader: Subscriber) -> HttpResponse:
    """What the reader chose, and the form to choose otherwise."""
    asked = list(Attribute.objects.filter(editable=True))
    if request.method != "POST":
        return _own_page(request, publication, reader, asked)
    given = questions.typed(asked, request.POST)
    wrong = questions.checked(asked, given)[1]
    problems = [_("Please look at the marked answers.")] if wrong else _save(request, publication, reader, asked, given)
    chosen = preferences_form.shown(reader, publication)
    shown = {
        **(preferences_form.typed(chosen, request.POST) if problems else chosen),
        "questions": questions.shown(asked, reader.language or publication.language, given=given, wrong=wrong),
        "saved": not problems,
    }
    return _own_page(request, publication, reader, asked, shown, problems)


def _own_page(
    request: HttpRequest,
    publication: Publication,
    reader: Subscriber,
    asked: list[Attribute],
    shown: Mapping[str, Any] | None = None,
    problems: Sequence[str] = (),
) -> HttpResponse:
    """All that stands on it, as it is held, but for what is `shown` instead: an answer that is not right yet."""
    language = reader.language or publication.language
    context = {
        **preferences_form.shown(reader, publication),
        "questions": questions.shown(asked, language, given=questions.held(asked, reader.attributes), wrong={}),
        "held": questions.told(reader.attributes, language),
        "events": timeline(reader),
        "kept": retention.all_kinds(),
        **tracking_form.shown(reader, publication),
        "passkeys": reader.passkeys.order_by("id"),
        "with_passkeys": not asked_by_number(request),
        "problems": list(problems),
        **(shown or {}),
    }
    return own_page(request, "portal/account.html", context, reader=reader, status=400 if problems else 200)


def _save(
    request: HttpRequest,
    publication: Publication,
    reader: Subscriber,
    asked: list[Attribute],
    given: dict[str, list[str]],
) -> list[str]:
    """Write what the form says, all or nothing; returns what is wrong with it."""
    now = timezone.now()
    try:
        with transaction.atomic():
            preferences_form.save(
                subscriber=reader,
                publication=publication,
                data=request.POST,
                now=now,
                with_name=True,
            )
            defining.answer(subscriber=reader, among=asked, typed=given, by="reader", now=now)
    except preferences_form.BadInput as error:
        return error.problems
    reader.refresh_from_db(fields=["attributes"])
    return []


@require_safe
@for_reader
def account_data(request: HttpRequest, publication: Publication, reader: Subscriber) -> HttpResponse:
    """Everything we hold about the reader, as a file."""
    held = {**exporting.reader_data(subscriber=reader), "replies": replies_of(reader), "tracking": data_of(reader)}
    document = json.dumps(held, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "private, no-store"}
    return HttpResponse(document, content_type="application/json; charset=utf-8", headers=headers)


@require_POST
@for_reader
def account_tracking(request: HttpRequest, publication: Publication, reader: Subscriber) -> HttpResponse:
    """Agree to tracking, or end it: one click each. What was kept goes with the consent."""
    now, said = timezone.now(), request.POST.get("tracking", "")
    language = reader.language or publication.language
    if said == "no":
        forgetting.withdraw(subscriber=reader, publication=publication, how="account", by="reader", now=now)
    elif (agreed := tracking_form.agreed(publication, said, language, "account")) is not None:
        tracking_consent.give(subscriber=reader, agreed=agreed, now=now)
    return HttpResponseRedirect(f"{here(request, 'account')}#tracking")


@require_POST
@spends(SIGN_UP)
@for_reader
def account_address(request: HttpRequest, publication: Publication, reader: Subscriber) -> HttpResponse:
    """Ask the new address; until its owner confirms, nothing changes."""
    try:
        masked = preferences.request_address(
            subscriber=reader,
            address=request.POST.get("address", "")[:1000],
            sender=sender_of(publication),
            link_url=lambda token: absolute(base_url_of(publication), "address", token=token),
            now=timezone.now(),
        )
    except BadAddress as error:
        asked = list(Attribute.objects.filter(editable=True))
        return _own_page(request, publication, reader, asked, problems=[why_not(error)])
    return own_page(request, "portal/address_asked.html", {"address_masked": masked}, reader=reader)


@require_http_methods(["GET", "HEAD", "POST"])
@by_token
@spends(TOKENS)
@for_publication
def new_address(request: HttpRequest, publication: Publication, token: str) -> HttpResponse:
    """The link mailed to the new address: a button, then the move."""
    now = timezone.now()
    problem = ""
    try:
        change = preferences.peek_address(token=token, now=now)
        reader, masked = change.subscriber, {"address_masked": mask(change.address)}
        if request.method == "POST":
            preferences.confirm_address(token=token, sender=sender_of(publication), now=now)
            return own_page(request, "portal/address_moved.html", masked, reader=reader)
    except consent.UnknownLink:
        return gone(request, expired=False)
    except consent.LinkExpired:
        return gone(request, expired=True)
    except subscribers.AddressKnown:
        with override(reader.language or publication.language):
            problem = _("This address gets the bulletin already. Nothing was changed.")
    context = masked | {"problem": problem}
    return own_page(request, "portal/address_confirm.html", context, reader=reader, status=400 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_reader
def account_erase(request: HttpRequest, publication: Publication, reader: Subscriber) -> HttpResponse:
    """What erasing means, and a button with a box to tick."""
    if request.method == "POST" and request.POST.get("sure") == "yes":
        erasure.erase(subscriber=reader, by="reader", now=timezone.now())
        reader_session.sign_out(request)
        return own_page(request, "portal/erased.html")
    unsure = request.method == "POST"
    context = {"address_masked": mask(reader.address), "unsure": unsure}
    return own_page(request, "portal/erase.html", context, reader=reader, status=400 if unsure else 200)
