"""Who gets no mail: addresses and domains, why and by whom; more of them, fewer with a reason, files in and out."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audit.models import Entry
from masthead.common.addresses import BadAddress, normalise
from masthead.mail import suppression_files, suppressions
from masthead.mail.address_words import why_not
from masthead.mail.models import Suppression
from masthead.team.roles import may, requires
from masthead.web.admin.readers.fresh import signed_in_freshly
from masthead.web.admin.readers.notices import tell_owners
from masthead.web.admin.staff import staff
from masthead.web.admin.words import name_of

A_PAGE = 50
MOST_UPLOADED = 20 * 2**20
_PAUSE = timedelta(minutes=1)


class Search(forms.Form):
    """What the list is filtered by."""

    q = forms.CharField(
        label=gettext_lazy("Address or domain"),
        required=False,
        max_length=320,
        widget=forms.TextInput({"type": "search", "dir": "ltr"}),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), required=False, choices=[("", gettext_lazy("Any reason")), *Suppression.Reason.choices]
    )


class AddForm(forms.Form):
    """One address or one domain."""

    who = forms.CharField(
        label=gettext_lazy("Address or domain"), max_length=320, widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"})
    )
    note = forms.CharField(label=gettext_lazy("Why"), max_length=500, required=False)


class FileForm(forms.Form):
    """Many at once."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("One address or domain a line, or the CSV file of an export. At most 20 MB."),
    )
    note = forms.CharField(label=gettext_lazy("Where it comes from"), max_length=500, required=False)

    def clean_file(self) -> object:
        """Not huge."""
        file = self.cleaned_data["file"]
        if file.size > MOST_UPLOADED:
            raise forms.ValidationError(_("The file is larger than 20 MB. Take it in with “masthead suppress import”."))
        return file


@require_safe
@requires("readers.view")
def suppressed(request: HttpRequest) -> HttpResponse:
    """A page of them, newest first."""
    return _show(request, AddForm(), FileForm())


@require_POST
@requires("readers.edit")
def add(request: HttpRequest) -> HttpResponse:
    """Stop mail to one address or domain."""
    form = AddForm(request.POST)
    if form.is_valid():
        who, note = form.cleaned_data["who"].strip(), form.cleaned_data["note"]
        by, now = staff(request).actor, timezone.now()
        try:
            if "@" in who.lstrip("@"):
                reason = Suppression.Reason.STAFF
                found = suppressions.suppress(address=normalise(who), reason=reason, note=note, by=by, now=now)
            else:
                found = suppressions.suppress_domain(domain=suppression_files.domain_of(who), note=note, by=by, now=now)
        except BadAddress as error:
            form.add_error("who", why_not(error))
        except ValueError as error:
            form.add_error("who", str(error))
        else:
            messages.success(request, _("%(who)s gets no mail any more.") % {"who": found.domain or found.address or who})
            return redirect("desk_suppressed")
    return _show(request, form, FileForm(), 422)


@require_POST
@requires("readers.edit")
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let mail through again, with the reason."""
    found = get_object_or_404(Suppression, pk=pk)
    why = request.POST.get("why", "").strip()
    if not why:
        messages.error(request, _("Say why mail may go there again."))
    else:
        suppressions.lift(suppression=found, why=why[:500], by=staff(request).actor, now=timezone.now())
        messages.success(request, _("Mail goes to %(who)s again.") % {"who": found.domain or found.address or _("this address")})
    return redirect("desk_suppressed")


@require_POST
@requires("readers.edit")
def take(request: HttpRequest) -> HttpResponse:
    """A file of them. What cannot be used is named by its line."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, AddForm(), form, 422)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as kept:
            for piece in form.cleaned_data["file"].chunks():
                kept.write(piece)
        try:
            note, by = form.cleaned_data["note"], staff(request).actor
            taken = suppression_files.take(path=path, note=note, by=by, now=timezone.now())
        except suppression_files.CannotRead as error:
            form.add_error("file", str(error))
            return _show(request, AddForm(), form, 422)
    counts = {"added": taken.added, "known": taken.known, "rejected": taken.rejected}
    messages.success(request, _("%(added)d added, %(known)d known before, %(rejected)d rejected.") % counts)
    for line, why in taken.wrong[:10]:
        messages.warning(request, _("Line %(line)d: %(why)s") % {"line": line, "why": why})
    return redirect("desk_suppressed")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("readers.export")
@signed_in_freshly
def give(request: HttpRequest) -> HttpResponseBase:
    """All of them as CSV: after signing in again, once a minute, on the record, and told to the owners (S21).

    First a page with the button: a file that came right after the passphrase would leave the question for it standing.
    """
    if request.method != "POST":
        context = {"title": _("Export"), "back": reverse("desk_suppressed"), "back_words": _("Suppressed")}
        return render(request, "web_admin/readers/download.html", context)
    now, person = timezone.now(), staff(request)
    if Entry.objects.filter(action="suppressions.exported", by=person.actor, at__gt=now - _PAUSE).exists():
        messages.error(request, _("You exported less than a minute ago. Wait a moment."))
        answer = _show(request, AddForm(), FileForm(), 429)
        answer["Retry-After"] = "60"
        return answer
    pieces = suppression_files.give(by=person.actor, now=now)
    tell_owners(what=_("The suppressed addresses were exported."), who=person, now=now)
    file = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="suppressed-{now.date().isoformat()}.csv"'
    return file


def _show(request: HttpRequest, add_form: AddForm, file_form: FileForm, status: int = 200) -> HttpResponse:
    search = Search(request.GET)
    values = search.cleaned_data if search.is_valid() else {"q": "", "reason": ""}
    page: Page[Suppression] = Paginator(suppressions.search(text=values["q"], reason=values["reason"]), A_PAGE).get_page(
        request.GET.get("p")
    )
    names: dict[str, str] = {}
    for each in page:
        each.who = names.setdefault(each.by, name_of(each.by))  # type: ignore[attr-defined]
    context = {
        "title": _("Suppressed"),
        "search": search,
        "is_filtered": any(values.values()),
        "page": page,
        "add_form": add_form,
        "file_form": file_form,
        "may_edit": may(request.user, "readers.edit"),
        "may_export": may(request.user, "readers.export"),
    }
    return render(request, "web_admin/readers/suppressed.html", context, status=status)
