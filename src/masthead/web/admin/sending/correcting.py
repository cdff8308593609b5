"""The button that makes the draft of a public issue its corrected version, without a mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from masthead.issues.correcting import NothingToCorrect
from masthead.issues.correcting import correct as publish_corrected
from masthead.issues.freezing import NotReady
from masthead.issues.models import Issue
from masthead.team.roles import requires
from masthead.web.admin.sending import choices
from masthead.web.admin.staff import staff


@require_POST
@requires("campaigns.send")
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the corrected version, or say why not; back to the send desk."""
    issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
    try:
        publish_corrected(issue=issue, by=staff(request).actor, now=timezone.now())
    except (NothingToCorrect, NotReady) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The corrected version is public. No mail was sent."))
    return choices.back(request, pk, "content")
