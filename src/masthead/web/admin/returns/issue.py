"""The bounces of one issue: by reason and by receiving domain, and the decision about what is held."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from masthead.bounces import acting, lookups, policies
from masthead.bounces.reasons import REASONS
from masthead.delivery.models import Campaign
from masthead.team.roles import may, requires
from masthead.web.admin.numbers import Counted
from masthead.web.admin.returns import charts, words
from masthead.web.admin.staff import staff

_MOST_ISSUES = 100


@require_safe
@requires("returns.view")
def issues(request: HttpRequest) -> HttpResponse:
    """The issues of which anything came back."""
    context = {
        "title": _("What came back, by issue"),
        "here": "issues",
        "campaigns": lookups.campaigns_with_findings()[:_MOST_ISSUES],
    }
    return render(request, "web_admin/returns/issues.html", context)


@require_safe
@requires("returns.view")
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """The plots of one sending, the table they are made of, and what is held."""
    campaign = _find(pk)
    counts = lookups.reasons_of(campaign)
    edition = campaign.edition
    context = {
        "title": _("What came back of No. %(number)s: %(title)s") % {"number": edition.label, "title": edition.title},
        "campaign": campaign,
        "edition": edition,
        "by_reason": charts.by_reason(counts),
        "by_domain": charts.by_domain(counts),
        "legend": words.BLAMES.values(),
        "rows": [(reason, REASONS.get(reason, reason), domain, count) for reason, domain, count in counts],
        "outcomes": lookups.outcomes_of(campaign),
        "held": lookups.held(campaign),
        "policy": policies.current(),
        "may_decide": may(request.user, "readers.edit"),
        "replies": lookups.replies_to(campaign),
        "may_see_sending": may(request.user, "campaigns.view"),
    }
    return render(request, "web_admin/returns/issue.html", context)


@require_POST
@requires("readers.edit")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Suppress all that are held, or nobody."""
    campaign, suppress = _find(pk), request.POST.get("act") == "suppress"
    if not suppress and request.POST.get("act") != "nobody":
        return redirect("desk_returns_issue", pk)
    try:
        count = acting.decide(campaign=campaign, suppress=suppress, by=staff(request).actor, now=timezone.now())
    except acting.NotHeld as error:
        messages.error(request, str(error))
        return redirect("desk_returns_issue", pk)
    said = (
        ngettext("%(n)s address is suppressed.", "%(n)s addresses are suppressed.", count)
        if suppress
        else ngettext("%(n)s reader goes on getting mail.", "%(n)s readers go on getting mail.", count)
    )
    messages.success(request, said % {"n": Counted(count)})
    return redirect("desk_returns_issue", pk)


def _find(pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("edition__publication"), pk=pk)
