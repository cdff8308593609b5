"""All issues: what each is called, where it stands, how its sending went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from masthead.delivery import lookups as delivery
from masthead.delivery.models import Campaign
from masthead.issues import lookups, numbering
from masthead.issues.assigning import publications_of
from masthead.issues.models import Edition, Issue, Publication, TakenNumber
from masthead.team.roles import may, requires
from masthead.web.admin.staff import staff
from masthead.web.admin.words import Number, Words, byline_of, campaign_words, number_shown, state_of

A_PAGE = 30


@dataclass(frozen=True)
class Row:
    """One issue as the list shows it."""

    issue: Issue
    number: Number
    state: Words
    byline: str
    edition: Edition | None
    campaign: Campaign | None
    campaign_state: Words | None
    progress: delivery.Progress | None


@require_safe
@requires("desk.open")
def issues(request: HttpRequest) -> HttpResponse:
    """The list, newest first; `q` searches headline, byline and number, `state` and `publication` filter."""
    now, own = timezone.now(), publications_of(staff(request))
    text, state, publication = (request.GET.get(name, "") for name in ("q", "state", "publication"))
    found = _matching(
        Issue.objects.filter(publication__in=own).select_related("publication").prefetch_related("bylines__contributor"), text
    )
    if publication.isdecimal():
        found = found.filter(publication_id=int(publication))
    if state == "draft":
        found = found.filter(pk__in=lookups.unpublished())
    elif state == "scheduled":
        found = found.filter(public_from__gt=now)
    elif state == "published":
        found = found.filter(public_from__lte=now)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("p"))
    context = {
        "title": _("Issues"),
        "page": page,
        "rows": rows_of(page, own, now=now),
        "withdrawn": TakenNumber.objects.filter(withdrawn_at__isnull=False, issue=None, publication__in=own).select_related(
            "publication"
        ),
        "publications": own,
        "q": text,
        "state": state,
        "publication": publication,
        "states": [("draft", _("Draft or ready")), ("scheduled", _("Scheduled")), ("published", _("Published"))],
        "filtered": bool(text or state or publication),
        "may_write": may(request.user, "issues.write"),
        "may_see_sending": may(request.user, "campaigns.view"),
        "may_send": may(request.user, "campaigns.send"),
        "may_make_publications": may(request.user, "publications.edit"),
    }
    return render(request, "web_admin/issues/list.html", context)


def rows_of(issues: Iterable[Issue], publications: Iterable[Publication], *, now: datetime) -> list[Row]:
    """What the list says about `issues`, all of `publications`."""
    first = numbering.next_in_line(publications)
    return [_row_of(issue, next_in_line=first, now=now) for issue in issues]


def _row_of(issue: Issue, *, next_in_line: set[int], now: datetime) -> Row:
    edition = lookups.versions_of(issue).first()
    campaign = delivery.main_campaign_of(issue)
    return Row(
        issue=issue,
        number=number_shown(issue, next_in_line=next_in_line),
        state=state_of(issue, now=now, newest=edition),
        byline=byline_of(issue),
        edition=edition,
        campaign=campaign,
        campaign_state=campaign_words(campaign) if campaign else None,
        progress=delivery.progress(campaign) if campaign else None,
    )


def _matching(found: QuerySet[Issue], text: str) -> QuerySet[Issue]:
    text = text.strip()
    if not text:
        return found
    wanted = (
        Q(title__icontains=text) | Q(byline_line__icontains=text) | Q(bylines__contributor__name__icontains=text) | Q(label=text)
    )
    if text.isdecimal() and len(text) < 9:
        wanted |= Q(number=int(text)) | Q(planned_number=int(text))
    return found.filter(wanted).distinct()
