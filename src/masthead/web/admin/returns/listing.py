"""What came back: all findings with filters, and what asks for a person."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from masthead.bounces import lookups
from masthead.bounces.models import Finding, RawReport
from masthead.bounces.reasons import REASONS
from masthead.team.roles import may, requires
from masthead.web.admin.returns import words
from masthead.web.admin.returns.forms import Search

A_PAGE = 50
_MOST_UNREAD = 20


@require_safe
@requires("returns.view")
def returns(request: HttpRequest) -> HttpResponse:
    """A page of findings, newest first."""
    search = Search(request.GET)
    found = lookups.search(**search.values())  # type: ignore[arg-type]
    page: Page[Finding] = Paginator(found, A_PAGE).get_page(request.GET.get("p"))
    context = {
        "title": _("What came back"),
        "here": "list",
        "search": search,
        "page": page,
        "rows": [row_of(finding) for finding in page],
        "held": lookups.held_campaigns(),
        "unread": lookups.unread()[:_MOST_UNREAD],
        "unread_count": lookups.unread().count(),
        "waiting": RawReport.objects.filter(state=RawReport.State.WAITING).count(),
        "may_export": may(request.user, "readers.export"),
    }
    return render(request, "web_admin/returns/list.html", context)


def row_of(finding: Finding) -> dict[str, object]:
    """A line of a list of findings."""
    return {
        "finding": finding,
        "kind": words.KINDS.get(finding.kind, finding.kind),
        "reason": REASONS.get(finding.reason, finding.reason) if finding.kind == "bounce" else "",
        "tone": words.tone_of(finding),
    }
