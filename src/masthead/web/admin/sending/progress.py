"""How a sending goes: live while it goes, as a report afterwards; pause, resume, cancel, undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from masthead.common.urls import absolute
from masthead.delivery import campaigns, forecasting, holding, lookups, quiet_hours
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.publications import base_url_of
from masthead.team.roles import requires
from masthead.web.admin.sending.expecting import expected
from masthead.web.admin.staff import staff
from masthead.web.admin.words import campaign_words, name_of

State = Campaign.State
#: While one of these holds, the screen asks for news.
MOVING = frozenset({State.SCHEDULED, State.PREPARING, State.SENDING})
_UNDER_WAY = frozenset({State.SENDING, State.PAUSED})


@require_safe
@requires("campaigns.view")
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole screen."""
    found = _find(pk)
    edition = found.edition
    context = {
        "title": _("No. %(number)s: %(title)s") % {"number": edition.label, "title": edition.title},
        "refusals": lookups.refusals_by_reason(found) if found.audience else [],
        "refused": Paginator(lookups.refusals(found), 25).get_page(request.GET.get("p")),
        "retries": lookups.in_state(found, Delivery.State.DEFERRED)[:50] if found.audience else [],
        "uncertain": lookups.uncertain(found)[:50] if found.audience else [],
        "others": lookups.campaigns_of(edition.issue).filter(edition__is_test=edition.is_test).exclude(pk=found.pk),
        "page_url": "" if edition.is_test else absolute(base_url_of(edition.publication), "issue", number=edition.number),
        **standing(found),
    }
    return render(request, "web_admin/sending/campaign.html", context)


@require_safe
@requires("campaigns.view")
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes, asked for every two seconds; once nothing moves, the whole screen is loaded again."""
    found = _find(pk)
    answer = render(request, "web_admin/sending/news.html", standing(found))
    if found.state not in MOVING and request.GET.get("was") in MOVING:
        answer["HX-Refresh"] = "true"
    return answer


ACTS: dict[str, Callable[..., object]] = {
    "pause": campaigns.pause,
    "resume": campaigns.resume,
    "cancel": campaigns.cancel,
    "undo": campaigns.undo,
    "again": campaigns.send_uncertain_again,
}


@require_POST
@requires("campaigns.send")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause, resume, cancel, undo, go on with a provider that is held, send to the uncertain again; cancelling asks once more."""
    found = _find(pk)
    name = request.POST.get("act", "")
    if name == "cancel" and request.POST.get("sure") != "yes":
        progress = lookups.progress(found)
        return render(
            request,
            "web_admin/sending/cancel.html",
            {"title": _("Cancel this sending?"), "campaign": found, "progress": progress},
        )
    if name == "go on":
        holding.go_on(campaign=found, provider=request.POST.get("provider", ""), by=staff(request).actor, now=timezone.now())
        return redirect("desk_campaign", pk)
    verb = ACTS.get(name)
    if verb is None:
        return redirect("desk_campaign", pk)
    try:
        verb(campaign=found, by=staff(request).actor, now=timezone.now())
    except campaigns.NotPossibleNow as error:
        messages.error(request, str(error))
        return redirect("desk_campaign", pk)
    if name == "undo" and found.reach != Campaign.Reach.ALL:
        messages.success(request, _("Taken back: nothing was sent."))
        return redirect("desk_campaign_rest", pk)
    if name == "undo":
        messages.success(request, _("Taken back: nothing was sent, and the issue is not public because of it."))
        return redirect("desk_send", found.edition.issue_id)
    return redirect("desk_campaign", pk)


def _find(pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("edition__publication", "edition__issue"), pk=pk)


def standing(found: Campaign) -> dict[str, object]:
    """Where a campaign stands, as the screen, its live part and Home show it."""
    progress = lookups.progress(found)
    now = timezone.now()
    ended = found.state in {State.FINISHED, State.CANCELLED}
    starts_soon = found.state == State.SCHEDULED and found.starts_at and found.starts_at - now <= timedelta(seconds=90)
    return {
        "campaign": found,
        "edition": found.edition,
        "publication": found.edition.publication,
        "progress": progress,
        "verification": lookups.verify(found) if ended and found.audience is not None else None,
        "words": campaign_words(found),
        "held": list(found.held_providers.all()) if found.state in _UNDER_WAY else [],
        **expected(forecasting.of_campaign(found, progress, now=now) if found.state in _UNDER_WAY else None),
        "is_quiet": found.state == State.PAUSED and found.resume_at and quiet_hours.until(found, now) is not None,
        "moving": found.state in MOVING,
        "starts_soon": starts_soon,
        "seconds_to_start": max(0, int((found.starts_at - now).total_seconds())) if found.starts_at else 0,
        "share": _shares(progress),
        "by": name_of(found.by),
        "lists": list(found.lists.all()),
    }


def _shares(progress: lookups.Progress) -> list[tuple[str, str]]:
    """Width in percent and tone of each part of the bar."""
    if not progress.audience:
        return []
    lost = progress.rejected + progress.expired
    aside = progress.skipped + progress.cancelled
    open_end = progress.deferred + progress.uncertain
    parts = [(progress.accepted, "good"), (lost, "bad"), (open_end, "look"), (aside, "quiet")]
    return [(f"{100 * count / progress.audience:.2f}", tone) for count, tone in parts if count]
