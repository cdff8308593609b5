"""Activity: who did what, when. Read-only: entries are never changed."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from masthead.audit.models import Entry
from masthead.team.models import User
from masthead.team.roles import requires

A_PAGE = 50


@require_safe
@requires("audit.read")
def activity(request: HttpRequest) -> HttpResponse:
    """The newest entries first; `who` and `what` filter."""
    who, what = request.GET.get("who", ""), request.GET.get("what", "")
    entries = Entry.objects.all()
    if who:
        entries = entries.filter(by=who)
    if what:
        entries = entries.filter(action=what)
    page = Paginator(entries, A_PAGE).get_page(request.GET.get("p"))
    names = {user.actor: user.get_full_name() for user in User.objects.all()}
    rows = [
        {"entry": entry, "who": names.get(entry.by, entry.by), "subject": names.get(entry.subject, entry.subject)}
        for entry in page
    ]
    context = {
        "title": _("Activity"),
        "page": page,
        "rows": rows,
        "people": sorted(names.items(), key=lambda pair: pair[1].casefold()),
        "actions": Entry.objects.order_by("action").values_list("action", flat=True).distinct(),
        "who": who,
        "what": what,
    }
    return render(request, "web_admin/office/activity.html", context)
