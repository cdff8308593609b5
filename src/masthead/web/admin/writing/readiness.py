"""Mark ready on the compose screen, and what its head says about the issue."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from masthead.issues import numbering, readiness
from masthead.issues.freezing import NotReady
from masthead.issues.models import Issue
from masthead.web.admin.staff import staff
from masthead.web.admin.words import Number, Words, name_of, number_shown, state_of


@dataclass(frozen=True)
class Head:
    """What stands above the form."""

    publication: str
    number: Number
    state: Words
    note: str


def head(issue: Issue | None) -> Head | None:
    """The number and the state; None for an issue that has no row yet."""
    if issue is None or issue.pk is None:
        return None
    state = state_of(issue, now=timezone.now())
    note = ""
    if issue.ready_digest and issue.ready_at:
        who = {"name": name_of(issue.ready_by), "time": timezone.localtime(issue.ready_at).strftime("%H:%M")}
        is_ready = readiness.is_ready(issue)
        note = (_("by %(name)s, %(time)s") if is_ready else _("Changed since %(name)s marked it ready at %(time)s.")) % who
    number = number_shown(issue, next_in_line=numbering.next_in_line([issue.publication]))
    return Head(issue.publication.name, number, state, note)


def mark(request: HttpRequest, issue: Issue) -> None:
    """Mark `issue` ready, or say what stands in the way."""
    try:
        readiness.mark_ready(issue=issue, by=staff(request).actor, now=timezone.now())
    except NotReady as error:
        for problem in error.problems:
            messages.error(request, problem)
        return
    messages.success(request, _("Ready. It can be sent; any change makes it a draft again."))
