"""Export: the readers of a filter, or those ticked, as a file: after signing in again, once a minute, on the record."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from masthead.audience import exporting, filtering
from masthead.audience.attributes import BadValue
from masthead.audience.bulk import acting
from masthead.audience.export_formats import Kind
from masthead.audience.filtering import Filter
from masthead.audience.models import MailingList
from masthead.audience.segments.compiling import SegmentBroken
from masthead.audience.segments.tree import BadRule
from masthead.audit.models import Entry
from masthead.team.roles import requires
from masthead.web.admin.numbers import Counted
from masthead.web.admin.own_publications import lists_known_to
from masthead.web.admin.readers.filter_form import Meant
from masthead.web.admin.readers.fresh import signed_in_freshly
from masthead.web.admin.readers.notices import tell_owners
from masthead.web.admin.staff import staff

_PAUSE = timedelta(minutes=1)


class ExportForm(forms.Form):
    """How the file is written."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[
            (Kind.CSV.value, gettext_lazy("CSV, for any spreadsheet")),
            (Kind.XLSX.value, gettext_lazy("Excel workbook (.xlsx)")),
            (Kind.JSON.value, gettext_lazy("JSON, for programs")),
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.export")
@signed_in_freshly
def export(request: HttpRequest) -> HttpResponseBase:
    """Says whose data it will be, then gives the file."""
    posted, now, person = request.method == "POST", timezone.now(), staff(request)
    said = (request.POST if posted else request.GET).copy()
    if not said.getlist("reader"):
        said["which"] = "all"
    meant = Meant(said)
    whom = meant.chosen if meant.understood else []
    form = ExportForm(said if posted else None)
    try:
        count = acting.chosen_readers(whom, now=now).count()
        words = filtering.in_words(whom, now=now) if isinstance(whom, Filter) else ""
    except (BadRule, BadValue, SegmentBroken) as error:
        messages.error(request, str(error))
        return redirect("desk_readers")
    context = {"title": _("Export readers"), "form": form, "count": count, "words": words, "carried": meant.carried()}
    if not posted or not form.is_valid() or not meant.understood:
        return render(request, "web_admin/readers/export.html", context, status=200 if meant.understood else 422)
    if Entry.objects.filter(action="readers.exported", by=person.actor, at__gt=now - _PAUSE).exists():
        form.add_error(None, _("You exported less than a minute ago. Wait a moment."))
        answer = render(request, "web_admin/readers/export.html", context, status=429)
        answer["Retry-After"] = "60"
        return answer
    kind = Kind(form.cleaned_data["kind"])
    pieces = exporting.export(kind=kind, asked=whom, lists=lists_known_to(person), by=person.actor, now=now)
    what = ngettext("%(count)s reader was exported.", "%(count)s readers were exported.", count) % {"count": Counted(count)}
    tell_owners(what=what, who=person, now=now)
    file = StreamingHttpResponse(pieces, content_type=kind.content_type)
    file["Content-Disposition"] = f'attachment; filename="readers-{_called(meant)}-{now.date().isoformat()}.{kind}"'
    return file


def _called(meant: Meant) -> str:
    """What the file is named after: a list, all, or a part."""
    if not isinstance(meant.chosen, Filter):
        return "chosen"
    if not meant.chosen:
        return "all"
    chosen = MailingList.objects.filter(pk=meant.chosen.list or 0).first()
    return chosen.slug if chosen else "some"
