"""The screen that takes a published issue off the site for good."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from masthead.delivery.withdrawing import StillSending
from masthead.delivery.withdrawing import withdraw as take_off
from masthead.issues.models import Issue
from masthead.issues.numbering import MOST_REASON, NoNumber
from masthead.team.roles import requires
from masthead.web.admin.staff import staff
from masthead.web.admin.words import is_number_of, number_of


class WithdrawForm(forms.Form):
    """Why, and the number once more."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MOST_REASON,
        required=False,
        help_text=gettext_lazy("Stands with the date at the address of the issue and in the archive. May be empty."),
    )
    typed_number = forms.CharField(label=gettext_lazy("Number of the issue, to confirm"), max_length=20)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("campaigns.send")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, and do it once the number was typed."""
    issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(request, issue, form):
        return redirect("desk_issues")
    context = {"title": _("Withdraw No. %(number)s") % {"number": number_of(issue)}, "issue": issue, "form": form}
    return render(request, "web_admin/sending/withdraw.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, issue: Issue, form: WithdrawForm) -> bool:
    values = form.cleaned_data
    if not is_number_of(values["typed_number"], issue):
        form.add_error("typed_number", _("Type %(number)s, the number of this issue.") % {"number": number_of(issue)})
        return False
    try:
        take_off(issue=issue, reason=values["reason"], by=staff(request).actor, now=timezone.now())
    except (StillSending, NoNumber) as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("No. %(number)s is withdrawn. Its address says so.") % {"number": number_of(issue)})
    return True
