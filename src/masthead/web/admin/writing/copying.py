"""A new issue begun with what an earlier one says."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from masthead.issues import drafting
from masthead.issues.assigning import publications_of
from masthead.issues.models import Issue
from masthead.team.models import User
from masthead.team.roles import requires
from masthead.web.admin.staff import staff
from masthead.web.admin.words import number_of

#: How many issues are offered.
OFFERED = 20


@dataclass(frozen=True)
class Model:
    """An issue that can be copied."""

    issue: Issue
    number: str


@require_POST
@requires("issues.write")
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Copy issue `pk`, or the one chosen in the form, and go on writing in the copy."""
    chosen = request.POST.get("model", "")
    issue = get_object_or_404(_of(staff(request)), pk=int(chosen) if chosen.isdecimal() else pk)
    made = drafting.copy(issue=issue, by=staff(request).actor, now=timezone.now())
    messages.success(
        request, _("A new draft that says what No. %(number)s says. Its number is its own.") % {"number": number_of(issue)}
    )
    return redirect("issues:edit", made.pk)


def models(person: User) -> list[Model]:
    """The newest issues of the publications that `person` works on."""
    return [Model(issue, number_of(issue)) for issue in _of(person).order_by("-id")[:OFFERED]]


def _of(person: User) -> QuerySet[Issue]:
    found: QuerySet[Issue] = Issue.objects.filter(publication__in=publications_of(person))
    return found.select_related("publication")
