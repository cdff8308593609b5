"""Housekeeping: what will happen to whom and when, and what happened."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from masthead.audience import keeping
from masthead.audit.models import Entry
from masthead.team.roles import requires

_NEWEST = 30
#: The words for what went, by its name in the record.
_WENT: dict[str, str | Promise] = {
    "unconfirmed": gettext_lazy("readers who never confirmed"),
    "links": gettext_lazy("used or expired links"),
    "counters": gettext_lazy("counters of mails to strangers"),
    "interrupted_imports": gettext_lazy("imports found interrupted"),
    "import_files": gettext_lazy("files of imports"),
    "import_rows": gettext_lazy("imports whose first rows were shown"),
    "undo_rows": gettext_lazy("rows kept to take an action back"),
    "of_deleted_lists": gettext_lazy("subscriptions to lists that were deleted"),
}


@require_safe
@requires("readers.view")
def housekeeping(request: HttpRequest) -> HttpResponse:
    """Both, side by side."""
    entries = Entry.objects.filter(action=keeping.HOUSEKEPT).order_by("-id")[:_NEWEST]
    happened = [(entry.at, [(count, _WENT[name]) for name, count in entry.details.items() if name in _WENT]) for entry in entries]
    context = {
        "title": _("Housekeeping"),
        "waits": keeping.upcoming(now=timezone.now()),
        "days": settings.UNCONFIRMED_DAYS,
        "undo_days": keeping.BULK_UNDO_KEPT.days,
        "file_days": keeping.IMPORT_FILES_KEPT.days,
        "happened": happened,
    }
    return render(request, "web_admin/readers/housekeeping.html", context)
