"""Trials on the send desk: every mail is made before the first one leaves, links are asked for, SpamAssassin is heard."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from masthead.audience.models import Segment
from masthead.audience.segments.compiling import SegmentBroken
from masthead.common import spamassassin
from masthead.delivery import dry_run, narrowing, spam_scoring
from masthead.delivery.models import DryRun, SpamScore
from masthead.delivery.rendering import MODES
from masthead.delivery.tasks import make_all_mails, score_for_spam
from masthead.issues.lookups import lists_for
from masthead.issues.models import Issue
from masthead.issues.tasks import check_links
from masthead.team.roles import may, requires
from masthead.web.admin.sending import choices
from masthead.web.admin.staff import staff


@require_POST
@requires("campaigns.send")
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a dry run to the audience that is chosen, as the mails would be, and come back to the send desk."""
    issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
    chosen = list(lists_for(issue.publication).filter(pk__in=choices.numbers(request.POST, "lists")))
    mail_mode = request.POST.get("mail_mode", "")
    trouble = ""
    try:
        part = narrowing.of(_segments(request, "segments"), _segments(request, "excluded"))
        part.condition(timezone.now())
    except SegmentBroken as error:
        trouble = str(error)
    else:
        with transaction.atomic():
            opened = dry_run.open_run(
                issue=issue,
                lists=chosen or list(issue.publication.lists.all()),
                part=part,
                mail_mode=mail_mode if mail_mode in (*MODES, "reader") else "",
                by=staff(request).actor,
                now=timezone.now(),
            )
            transaction.on_commit(lambda: make_all_mails.enqueue(opened.pk))
    if request.headers.get("HX-Request"):
        return render(request, "web_admin/sending/dry_run.html", {**context_of(request, issue), "dry_run_trouble": trouble})
    if trouble:
        messages.error(request, trouble)
    return choices.back(request, pk, "dry-run")


@require_POST
@requires("campaigns.send")
def links(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the links of an issue asked for; pre-flight shows the answers when the page is opened again."""
    issue = get_object_or_404(Issue, pk=pk)
    with transaction.atomic():
        transaction.on_commit(lambda: check_links.enqueue(issue.pk))
    messages.info(request, _("The links are being asked for. Open this page again in a moment: dead ones stand below."))
    return choices.back(request, pk, "review")


@require_POST
@requires("campaigns.send")
def spam(request: HttpRequest, pk: int) -> HttpResponse:
    """Have SpamAssassin look at the mail, and come back to the send desk."""
    issue = get_object_or_404(Issue, pk=pk)
    with transaction.atomic():
        spam_scoring.ask(issue=issue, now=timezone.now())
        transaction.on_commit(lambda: score_for_spam.enqueue(issue.pk))
    if request.headers.get("HX-Request"):
        return _spam_piece(request, issue)
    return choices.back(request, pk, "spam-score")


@require_safe
@requires("campaigns.send")
def spam_news(request: HttpRequest, pk: int) -> HttpResponse:
    """What SpamAssassin said: a piece of the send desk."""
    return _spam_piece(request, get_object_or_404(Issue, pk=pk))


@require_safe
@requires("campaigns.send")
def news(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the dry run of an issue is, or what it found: a piece of the send desk."""
    return _piece(request, get_object_or_404(Issue, pk=pk))


def _segments(request: HttpRequest, name: str) -> list[Segment]:
    """Those ticked. Raises SegmentBroken when one was deleted since the page was opened."""
    ticked = choices.numbers(request.POST, name)
    found = list(Segment.objects.filter(pk__in=ticked))
    if len(found) < len(ticked):
        raise SegmentBroken(_("A segment that is ticked was deleted since. Open this page again."))
    return found


def _piece(request: HttpRequest, issue: Issue) -> HttpResponse:
    return render(request, "web_admin/sending/dry_run.html", context_of(request, issue))


def _spam_piece(request: HttpRequest, issue: Issue) -> HttpResponse:
    return render(request, "web_admin/sending/spam_score.html", {"issue": issue, **spam_context_of(issue)})


def spam_context_of(issue: Issue) -> dict[str, object]:
    """What the piece about SpamAssassin shows; nothing at all where it is not installed."""
    row = spam_scoring.newest(issue)
    return {
        "may_score": spamassassin.is_installed(),
        "spam": row,
        "spam_waits": row is not None and row.state == SpamScore.State.WAITING,
        "spam_is_current": row is not None and spam_scoring.is_current(row, now=timezone.now()),
        "spam_is_low": row is not None and row.points < row.limit * spam_scoring.WORTH_A_LOOK,
    }


def context_of(request: HttpRequest, issue: Issue) -> dict[str, object]:
    """What the piece of the send desk shows."""
    found = dry_run.newest(issue)
    return {
        "issue": issue,
        "dry_run": found,
        "dry_run_parts": list(found.segments.all()) if found is not None else [],
        "dry_run_open": found is not None and found.state in {DryRun.State.WAITING, DryRun.State.RUNNING},
        "dry_run_percent": min(100, found.done * 100 // found.total) if found and found.total else 0,
        **spam_context_of(issue),
        "may_check_links": settings.CHECK_LINKS,
        "may_see_readers": may(request.user, "readers.view"),
    }
