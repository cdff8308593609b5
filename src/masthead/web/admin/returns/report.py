"""The report of an issue after sending: what became of it, at which provider, and what to do next. No reader is named."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from masthead.audit.recording import record
from masthead.bounces import lookups, policies, reporting
from masthead.bounces.reasons import REASONS
from masthead.bounces.reporting import ProviderSum, Report
from masthead.bounces.rules import Thresholds, complaint_level
from masthead.delivery.models import Campaign
from masthead.team.roles import may, requires
from masthead.tracking import lookups as tracking
from masthead.tracking import readers
from masthead.web.admin.numbers import Counted
from masthead.web.admin.returns import advice, charts, clicks, exports, words
from masthead.web.admin.returns.charts import Bar, Part
from masthead.web.admin.staff import staff

_MOST_ADVICE = 3


@require_safe
@requires("campaigns.view")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Sums, plots, advice."""
    campaign = _find(pk)
    found, counts = reporting.report(campaign), lookups.reasons_of(campaign)
    followed, read = tracking.clicks([campaign]), readers.of_campaign(campaign)
    context = {
        "title": _("Report of No. %(number)s: %(title)s") % {"number": campaign.edition.label, "title": campaign.edition.title},
        "campaign": campaign,
        "edition": campaign.edition,
        "report": found,
        "by_provider": _bars(found.providers),
        "legend": [(label, tone) for label, tone in _PARTS.values()],
        "by_reason": charts.by_reason(counts),
        "blames": words.BLAMES.values(),
        "next": _next(campaign, found, counts, policies.current()),
        "replies": lookups.replies_to(campaign) if may(request.user, "replies.read") else 0,
        "clicks": followed,
        "clicks_plot": clicks.picture(followed.days) if followed else None,
        "read": read,
        "read_plot": clicks.picture(read.days) if read else None,
        "shown_from": tracking.SHOWN_FROM,
        "may_see_returns": may(request.user, "returns.view"),
    }
    return render(request, "web_admin/returns/issue_report.html", context)


@require_POST
@requires("campaigns.view")
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The table by provider as CSV; no reader is in it."""
    campaign, now = _find(pk), timezone.now()
    record(action="report.exported", by=staff(request).actor, now=now, subject=f"campaign:{campaign.pk}")
    heading = ("provider", "readers", "accepted", "refused", "came back", "complaints")
    rows = [
        [each.name, *map(str, (each.total, each.accepted, each.refused, each.came_back, each.complaints))]
        for each in reporting.report(campaign).providers
    ]
    return exports.csv_of(campaign, called="report", heading=heading, rows=rows)


#: The parts of a provider's bar, in their order.
_PARTS: dict[str, tuple[Promise, str]] = {
    "stayed": (gettext_lazy("accepted, and did not come back"), "good"),
    "came_back": (gettext_lazy("accepted, and came back"), "look"),
    "refused": (gettext_lazy("refused or given up"), "bad"),
}


def _bars(providers: tuple[ProviderSum, ...]) -> list[Bar]:
    shown = providers[: charts.MOST_BARS]
    longest = max((each.total for each in shown), default=0)
    bars = []
    for each in shown:
        start, parts = 0.0, []
        for name, (label, tone) in _PARTS.items():
            count = getattr(each, name)
            if count:
                width = 100 * count / longest
                parts.append(Part(f"{start:.2f}", f"{width:.2f}", tone, str(label), count))
                start += width
        bars.append(Bar(each.name, each.name, each.total, tuple(parts)))
    return bars


def _next(
    campaign: Campaign, found: Report, counts: list[tuple[str, str, int]], thresholds: Thresholds
) -> list[tuple[str | Promise, str]]:
    """What to do, in words, each with where; the most urgent first."""
    progress, todo = found.progress, list[tuple[str | Promise, str]]()
    sending = reverse("desk_campaign", args=[campaign.pk])
    held = lookups.held(campaign)
    if held:
        said = ngettext(
            "%(n)s dead address is held: the owner or reader care decides.",
            "%(n)s dead addresses are held: the owner or reader care decides.",
            held,
        )
        todo.append((said % {"n": Counted(held)}, reverse("desk_returns_issue", args=[campaign.pk])))
    if complaint_level(complaints=found.complaints, accepted=progress.accepted, thresholds=thresholds):
        todo.append((advice.about("complaints", ""), ""))
    if progress.uncertain:
        n = progress.uncertain
        said = ngettext("%(n)s reader is uncertain: decide about it.", "%(n)s readers are uncertain: decide about them.", n)
        todo.append((said % {"n": Counted(n)}, sending))
    ours = Counter[str]()
    for reason, _domain, count in counts:
        if lookups.blame_of(reason) == "ours":
            ours[reason] += count
    for reason, count in ours.most_common(_MOST_ADVICE):
        head = _("%(n)s mails: %(reason)s.") % {"n": Counted(count), "reason": REASONS.get(reason, reason)}
        todo.append((f"{head} {advice.about('refused', reason)}", ""))
    if progress.expired:
        n = progress.expired
        said = ngettext("%(n)s reader was given up at the deadline.", "%(n)s readers were given up at the deadline.", n)
        todo.append((said % {"n": Counted(n)} + " " + _("You can send to those who are without it."), sending))
    return todo


def _find(pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("edition__publication"), pk=pk)
