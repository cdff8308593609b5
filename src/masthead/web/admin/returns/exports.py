"""Export of what came back: after signing in again, once a minute, on the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from masthead.audience import export_formats
from masthead.audience.export_formats import Kind
from masthead.audit.models import Entry
from masthead.bounces import exporting, lookups
from masthead.delivery.models import Campaign
from masthead.team.roles import requires
from masthead.web.admin.readers.fresh import signed_in_freshly
from masthead.web.admin.readers.notices import tell_owners
from masthead.web.admin.returns.forms import ExportForm
from masthead.web.admin.staff import staff

_PAUSE = timedelta(minutes=1)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.export")
@signed_in_freshly
def export(request: HttpRequest) -> HttpResponseBase:
    """Says what will happen, then gives the file."""
    form = ExportForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    by, now = staff(request).actor, timezone.now()
    context = {"title": _("Export what came back"), "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "web_admin/returns/export.html", context)
    if Entry.objects.filter(action="bounces.exported", by=by, at__gt=now - _PAUSE).exists():
        form.add_error(None, _("You exported less than a minute ago. Wait a moment."))
        answer = render(request, "web_admin/returns/export.html", context, status=429)
        answer["Retry-After"] = "60"
        return answer
    kind = Kind(form.cleaned_data.pop("as_"))
    values = form.values()
    recorded = {name: str(value) for name, value in values.items() if value and name != "text"}
    found = lookups.search(**values)  # type: ignore[arg-type]
    pieces = exporting.export(findings=found, kind=kind, filters=recorded, by=by, now=now)
    tell_owners(what=_("What came back was exported, with readers’ addresses."), who=staff(request), now=now)
    file = StreamingHttpResponse(pieces, content_type=kind.content_type)
    file["Content-Disposition"] = f'attachment; filename="what-came-back-{now.date().isoformat()}.{kind}"'
    return file


def csv_of(campaign: Campaign, *, called: str, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """A table about `campaign` as a file to be kept, named by what it is and the issue; no reader is in it."""
    file = StreamingHttpResponse(export_formats.as_csv(heading, rows), content_type=Kind.CSV.content_type)
    file["Content-Disposition"] = f'attachment; filename="{called}-{campaign.edition.number}-{campaign.pk}.csv"'
    return file
