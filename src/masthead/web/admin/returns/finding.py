"""One finding: what it says, whose it is, why it was judged so, its raw text; and "this reader is alive".

What came in is hostile: it is shown as text alone, nothing of it is rendered, and nothing in it is fetched (S23).
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from masthead.audience.consent import AddressSuppressed
from masthead.bounces import acting, findings
from masthead.bounces.models import Finding, RawReport
from masthead.bounces.reasons import REASONS
from masthead.team.roles import may, requires
from masthead.web.admin.returns import words
from masthead.web.admin.returns.forms import WhyForm
from masthead.web.admin.staff import staff
from masthead.web.middleware import FILES

#: So much of a report is shown; the download has all that was kept.
_MOST_SHOWN = 100_000


@require_safe
@requires("returns.view")
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """All of one finding."""
    return _show(request, _find(pk), WhyForm())


@require_POST
@requires("readers.edit")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """This reader is alive: mail goes there again."""
    found, form = _find(pk), WhyForm(request.POST)
    if form.is_valid():
        try:
            acting.undo(finding=found, why=form.cleaned_data["why"], by=staff(request).actor, now=timezone.now())
        except (acting.NothingToUndo, AddressSuppressed) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Undone: mail goes to this reader again."))
        return redirect("desk_finding", pk)
    return _show(request, found, form)


@require_safe
@requires("returns.view")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report that could not be read, as text."""
    found = get_object_or_404(RawReport, pk=pk)
    if found.state not in {RawReport.State.UNREAD, RawReport.State.ASIDE}:
        read = Finding.objects.filter(report=found).first()
        if read is None:
            raise Http404
        return redirect("desk_finding", read.pk)
    context = {"title": _("A report that could not be read"), "report": found, "may_edit": may(request.user, "readers.edit")}
    return render(request, "web_admin/returns/report.html", context | _raw(found))


@require_POST
@requires("readers.edit")
def decide_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it again, or set it aside."""
    found = get_object_or_404(RawReport, pk=pk)
    verb = findings.try_again if request.POST.get("act") == "again" else findings.set_aside
    verb(report=found, by=staff(request).actor, now=timezone.now())
    messages.success(
        request, _("It will be read again within half a minute.") if verb is findings.try_again else _("It is set aside.")
    )
    return redirect("desk_returns")


@require_safe
@requires("returns.view")
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """A report as a file, as it came."""
    found = get_object_or_404(RawReport, pk=pk)
    answer = HttpResponse(bytes(found.raw), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="report-{pk}.eml"'
    answer["Content-Security-Policy"] = FILES
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _find(pk: int) -> Finding:
    related = ("subscriber", "report", "delivery", "campaign__edition__publication")
    return get_object_or_404(Finding.objects.select_related(*related), pk=pk)


def _show(request: HttpRequest, found: Finding, form: WhyForm) -> HttpResponse:
    context = {
        "title": _("%(kind)s no. %(number)s") % {"kind": words.KINDS.get(found.kind, found.kind), "number": found.pk},
        "finding": found,
        "reason": REASONS.get(found.reason, found.reason),
        "tone": words.tone_of(found),
        "why": words.why_of(found),
        "report": found.report,
        "form": form,
        "may_undo": may(request.user, "readers.edit") and acting.may_be_undone(found),
        "may_see_reader": may(request.user, "readers.view"),
    }
    return render(request, "web_admin/returns/finding.html", context | _raw(found.report))


def _raw(found: RawReport | None) -> dict[str, object]:
    if found is None:
        return {}
    raw = bytes(found.raw)
    return {"raw": raw[:_MOST_SHOWN].decode("utf-8", "replace").replace("\0", "\ufffd"), "is_cut": len(raw) > _MOST_SHOWN}
