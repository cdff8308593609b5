"""Export: the readers of a list or a search as CSV, XLSX or JSON, after signing in again, once a minute, on the record."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from masthead.audience import exporting
from masthead.audience.export_formats import Kind
from masthead.audience.models import MailingList, Subscription
from masthead.audit.models import Entry
from masthead.team.roles import requires
from masthead.web.admin.readers.fresh import signed_in_freshly
from masthead.web.admin.readers.notices import tell_owners
from masthead.web.admin.staff import staff

_PAUSE = timedelta(minutes=1)


class ExportForm(forms.Form):
    """Which readers."""

    list = forms.ModelChoiceField(
        MailingList.objects.all(), label=gettext_lazy("List"), required=False, empty_label=gettext_lazy("All readers")
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("Any state")), *Subscription.State.choices]
    )
    q = forms.CharField(label=gettext_lazy("Address or name"), required=False, max_length=320)
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
    """Says what will happen, then gives the file."""
    form = ExportForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    now = timezone.now()
    context = {"title": _("Export readers"), "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "web_admin/readers/export.html", context)
    if Entry.objects.filter(action="readers.exported", by=staff(request).actor, at__gt=now - _PAUSE).exists():
        form.add_error(None, _("You exported less than a minute ago. Wait a moment."))
        answer = render(request, "web_admin/readers/export.html", context, status=429)
        answer["Retry-After"] = "60"
        return answer
    chosen = form.cleaned_data["list"]
    kind = Kind(form.cleaned_data["kind"])
    pieces = exporting.export(
        kind=kind,
        mailing_list=chosen,
        state=form.cleaned_data["state"],
        text=form.cleaned_data["q"],
        by=staff(request).actor,
        now=now,
    )
    what = _("The readers of “%(list)s” were exported.") % {"list": chosen.name} if chosen else _("All readers were exported.")
    tell_owners(what=what, who=staff(request), now=now)
    file = StreamingHttpResponse(pieces, content_type=kind.content_type)
    name = f"readers-{chosen.slug if chosen else 'all'}-{now.date().isoformat()}.{kind}"
    file["Content-Disposition"] = f'attachment; filename="{name}"'
    return file
