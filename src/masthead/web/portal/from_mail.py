"""The two pages that each mail links to: preferences and unsubscribe. No sign-in; the token in the address is the proof.

Whoever was sent a forwarded copy can open them, too. So they show the masked address only, say whose subscription it is before
anything happens, offer undo, and the address is told by mail.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from masthead.audience import consent, leaving
from masthead.audience.models import Subscriber, Subscription
from masthead.common.addresses import mask
from masthead.delivery.lookups import delivery_for, lists_of
from masthead.delivery.models import Delivery
from masthead.issues.models import Publication
from masthead.issues.publications import sender_of
from masthead.mail import sealing
from masthead.tracking import forgetting
from masthead.web.hosts import speak_for
from masthead.web.page import for_publication
from masthead.web.portal import preferences_form, tracking_form
from masthead.web.portal.frame import gone, own_page

View = Callable[..., HttpResponse]
_METHODS = ["GET", "HEAD", "POST"]

#: What a reader may answer to "why?". Fixed words: nothing personal can end up in the record.
REASONS = {
    "too_many": _("Too many mails"),
    "not_interested": _("It no longer interests me"),
    "never_asked": _("I never asked for it"),
    "hard_to_read": _("The mail is hard to read"),
    "elsewhere": _("I read it elsewhere"),
}


def from_link(purpose: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Hands the view the `delivery` whose token for `purpose` is in the address, and its `reader`."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @require_http_methods(_METHODS)
        @for_publication
        @functools.wraps(view)
        def answered(request: HttpRequest, publication: Publication, token: str) -> HttpResponse:
            owner = delivery_for(purpose, token)
            if owner is None:
                return gone(request, expired=False)
            if owner.delivery is None:
                return own_page(request, "portal/test_link.html", {"purpose": purpose})
            speak_for(request, owner.delivery.campaign.edition.publication)
            if owner.delivery.subscriber is None:
                return own_page(request, "portal/erased_link.html")
            reader = owner.delivery.subscriber.person
            with override(reader.language or publication.language):
                return view(request, delivery=owner.delivery, reader=reader)

        return answered

    return decorate


@from_link(sealing.UNSUBSCRIBE)
def unsubscribe(request: HttpRequest, delivery: Delivery, reader: Subscriber) -> HttpResponse:
    """One button. Afterwards undo, and a question that needs no answer."""
    now = timezone.now()
    publication = delivery.campaign.edition.publication
    lists = lists_of(delivery)
    action = request.POST.get("action") if request.method == "POST" else None
    said = False
    if action in {"leave", "leave_all"}:
        leaves = None if action == "leave_all" else lists
        consent.withdraw(
            subscriber=reader, lists=leaves, how="unsubscribe page", by="reader", now=now, notice=sender_of(publication)
        )
    elif action == "undo":
        consent.rejoin(subscriber=reader, by="reader", now=now)
        return own_page(request, "portal/back_again.html", _about(reader), reader=reader)
    elif action == "reason" and request.POST.get("reason") in REASONS:
        leaving.explain(subscriber=reader, reason=request.POST["reason"], now=now)
        said = True
    active = set(reader.subscriptions.filter(state=Subscription.State.ACTIVE).values_list("list_id", flat=True))
    on = [entry for entry in lists if entry.pk in active]
    context = {**_about(reader), "lists": on or lists, "others": bool(active - {entry.pk for entry in lists})}
    if on:
        return own_page(request, "portal/unsubscribe.html", context, reader=reader)
    context |= {"reasons": REASONS, "said": said, "may_undo": consent.may_rejoin(subscriber=reader, now=now)}
    return own_page(request, "portal/left.html", context, reader=reader)


@from_link(sealing.PREFERENCES)
def preferences(request: HttpRequest, delivery: Delivery, reader: Subscriber) -> HttpResponse:
    """The reader's choices. Name, whole address and data are behind signing in: a forwarded mail must not open them."""
    publication = delivery.campaign.edition.publication
    problems: list[str] = []
    now = timezone.now()
    if request.POST.get("tracking") == "no":
        # Ending it needs no proof of who asks. Agreeing does: that is behind signing in.
        forgetting.withdraw(subscriber=reader, publication=publication, how="preferences", by="reader", now=now)
    elif request.method == "POST":
        try:
            preferences_form.save(subscriber=reader, publication=publication, data=request.POST, now=now, with_name=False)
        except preferences_form.BadInput as error:
            problems = error.problems
    saved = request.method == "POST" and not problems
    chosen = preferences_form.shown(reader, publication)
    if problems:
        chosen = preferences_form.typed(chosen, request.POST)
    tracked = {"tracked_since": tracking_form.shown(reader, publication)["tracked_since"]}
    context = {**chosen, **_about(reader), **tracked, "problems": problems, "saved": saved}
    return own_page(request, "portal/preferences.html", context, reader=reader, status=400 if problems else 200)


def _about(reader: Subscriber) -> dict[str, Any]:
    return {"address_masked": mask(reader.address)}
