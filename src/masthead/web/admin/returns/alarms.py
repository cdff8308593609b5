"""Alarms: what receivers hold against us, what to do about it, and that somebody has."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from masthead.bounces import alarming, lookups, policies
from masthead.bounces.models import Alarm
from masthead.team.roles import may, requires
from masthead.web.admin.returns import advice
from masthead.web.admin.staff import staff
from masthead.web.admin.words import name_of

_MOST_SETTLED = 30


@require_safe
@requires("returns.view")
def alarms(request: HttpRequest) -> HttpResponse:
    """The open ones with advice, then those that were settled of late."""
    settled = Alarm.objects.exclude(settled_at=None).select_related("campaign__edition").order_by("-settled_at")
    context = {
        "title": _("Alarms"),
        "here": "alarms",
        "alarms": [
            {
                "alarm": alarm,
                "sentence": alarming.sentence(alarm),
                "advice": advice.about(alarm.kind, alarm.reason),
            }
            for alarm in lookups.open_alarms()
        ],
        "settled": [(alarm, alarming.sentence(alarm), name_of(alarm.settled_by)) for alarm in settled[:_MOST_SETTLED]],
        "least": policies.current().alarm_least,
        "may_edit": may(request.user, "readers.edit"),
    }
    return render(request, "web_admin/returns/alarms.html", context)


@require_POST
@requires("readers.edit")
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has seen to it."""
    alarming.settle(alarm=get_object_or_404(Alarm, pk=pk), by=staff(request).actor, now=timezone.now())
    messages.success(request, _("Settled."))
    return redirect("desk_alarms")
