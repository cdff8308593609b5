"""Readers who may be one person, and merging two of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from masthead.audience import duplicates as finding
from masthead.audience import lookups, subscribers
from masthead.audience import merging as verbs
from masthead.audience.models import Duplicate, Merge, Subscriber, Subscription
from masthead.audience.tasks import look_for_duplicates
from masthead.delivery.lookups import reader_history
from masthead.mail import suppressions
from masthead.team.roles import requires
from masthead.web.admin.staff import staff


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
def duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs that were found; POST looks anew, or says of one pair that it is two people."""
    if request.method == "POST":
        pair = request.POST.get("two_people", "")
        if pair.isdecimal() and len(pair) < 19:
            told = get_object_or_404(Duplicate, pk=int(pair))
            finding.two_people(duplicate=told, by=staff(request).actor, now=timezone.now())
            messages.success(request, _("These two are not named again."))
        else:
            look_for_duplicates.enqueue()
            messages.success(request, _("Looking. Load this page again in a moment; it also happens each night."))
        return redirect("desk_duplicates")
    page = Paginator(finding.open_ones(), 50).get_page(request.GET.get("p"))
    return render(request, "web_admin/readers/duplicates.html", {"title": _("Duplicates"), "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.edit")
def merge(request: HttpRequest) -> HttpResponse:
    """Two readers side by side, and what would hold for either choice; POST merges."""
    said = request.POST if request.method == "POST" else request.GET
    one = get_object_or_404(Subscriber, pk=_number(said.get("one", "")))
    other = _other(said.get("other", ""), said.get("address", ""))
    if other is None or other == one:
        messages.error(request, _("There is no other reader with this address."))
        return redirect("desk_reader", one.pk)
    if request.method == "POST":
        keep, away = (one, other) if request.POST.get("keep") == str(one.pk) else (other, one)
        if request.POST.get("keep") in {str(one.pk), str(other.pk)}:
            try:
                verbs.merge(keep=keep, away=away, by=staff(request).actor, now=timezone.now())
            except verbs.CannotMerge as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("%(away)s is part of this reader now.") % {"away": away.address})
            return redirect("desk_reader", keep.pk)
        messages.error(request, _("Choose which address stays."))
    context = {
        "title": _("Merge two readers"),
        "one": one,
        "other": other,
        "sides": [_side(one, other), _side(other, one)],
        "suggested": _suggested(one, other).pk,
        "outcome": [(name, state, Subscription.State(state).label) for name, state in verbs.outcome(keep=one, away=other)],
    }
    return render(request, "web_admin/readers/merge.html", context)


@require_POST
@requires("readers.edit")
def unmerge(request: HttpRequest, pk: int) -> HttpResponse:
    """Two readers again."""
    found = get_object_or_404(Merge.objects.select_related("away"), pk=pk)
    try:
        verbs.undo(merge=found, by=staff(request).actor, now=timezone.now())
    except verbs.CannotMerge as error:
        messages.error(request, str(error))
    else:
        there = reverse("desk_reader", args=[found.away_id])
        messages.success(request, _("%(away)s is a reader of its own again.") % {"away": found.away.address})
        return redirect(there)
    return redirect("desk_reader", found.keep_id)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _other(number: str, address: str) -> Subscriber | None:
    return Subscriber.objects.filter(pk=_number(number)).first() if number else subscribers.find(address)


def _suggested(one: Subscriber, other: Subscriber) -> Subscriber:
    """Who is not suppressed stays, else who was known first."""
    for each, second in ((one, other), (other, one)):
        if _stopped(second) and not _stopped(each):
            return each
    return min(one, other, key=lambda reader: (reader.created_at, reader.pk))


def _stopped(reader: Subscriber) -> bool:
    return suppressions.is_suppressed(bytes(reader.fingerprint), reader.domain)


def _side(reader: Subscriber, other: Subscriber) -> dict[str, Any]:
    """What speaks for keeping this one."""
    return {
        "reader": reader,
        "subscriptions": reader.subscriptions.select_related("list").order_by("list__name"),
        "suppression": suppressions.find(bytes(reader.fingerprint), reader.domain),
        "mails": reader_history(reader).count(),
        "events": lookups.timeline(reader).count(),
        "goes": other,
    }
