"""The loop test at the desk: one real mail to a mailbox that we read. The page asks until it has come."""

from __future__ import annotations

from dataclasses import asdict

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from masthead.audit.recording import record
from masthead.bounces.models import Mailbox
from masthead.common.addresses import BadAddress, normalise
from masthead.issues.models import Publication
from masthead.mail.address_words import why_not
from masthead.ops.doctor import loop
from masthead.ops.doctor.rows import Row
from masthead.team.roles import requires
from masthead.web.admin.staff import staff

_SALT = "masthead.loop_test"
#: What one look takes out of the mailbox: a mailbox with a backlog is emptied by the worker.
_MAILS = 1000
CHECKS = {
    "sent": gettext_lazy("It left"),
    "arrived": gettext_lazy("It arrived"),
    "spf": "SPF",
    "dkim": "DKIM",
    "dmarc": "DMARC",
    "list-headers": gettext_lazy("List headers"),
    "signed-headers": gettext_lazy("Signed for one-click unsubscribe"),
}


class LoopForm(forms.Form):
    """Which bulletin's mail goes to which mailbox."""

    publication = forms.ModelChoiceField(Publication.objects.none(), label=gettext_lazy("Publication"), empty_label=None)
    mailbox = forms.ModelChoiceField(Mailbox.objects.none(), label=gettext_lazy("Mailbox"), empty_label=None)
    address = forms.CharField(
        label=gettext_lazy("Its address"),
        required=False,
        max_length=320,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=gettext_lazy("May be left empty where the user of the mailbox is an address."),
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        for name, found in (("publication", Publication.objects.all()), ("mailbox", Mailbox.objects.filter(in_use=True))):
            self.fields[name].queryset = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """The address, else the mailbox's user."""
        found = super().clean() or {}
        mailbox = found.get("mailbox")
        try:
            found["address"] = normalise(str(found.get("address") or (mailbox.user if mailbox else ""))).address
        except BadAddress as error:
            if mailbox is not None:
                self.add_error("address", _("Say where mail for this mailbox goes: %(why)s") % {"why": why_not(error)})
        return found


@require_POST
@requires("transports.edit")
def begin(request: HttpRequest) -> HttpResponse:
    """Send the mail; then the page waits for it."""
    form = LoopForm(request.POST)
    if not form.is_valid():
        return render(request, "web_admin/ops/loop_test.html", {"title": _("Loop test"), "form": form})
    now, asked = timezone.now(), form.cleaned_data
    begun, refused = loop.begin(publication=asked["publication"], mailbox=asked["mailbox"], address=asked["address"], now=now)
    record(action="doctor.loop_test", by=staff(request).actor, now=now, subject=f"mailbox:{begun.mailbox}")
    return _show(request, begun, [refused] if refused is not None else None)


@require_POST
@requires("transports.edit")
def look(request: HttpRequest) -> HttpResponse:
    """Whether it has come, and what its receiver wrote on it. With scripts only the part that changes is answered."""
    try:
        said = signing.loads(request.POST.get("begun", ""), salt=_SALT, max_age=3600)
    except signing.BadSignature:
        return redirect("desk_doctor")
    begun = loop.Begun(**said)
    return _show(request, begun, loop.look(begun, clock=timezone.now, most=_MAILS))


def _show(request: HttpRequest, begun: loop.Begun, rows: list[Row] | None) -> HttpResponse:
    part = "HX-Request" in request.headers
    context = {
        "title": _("Loop test"),
        "address": begun.address,
        "begun": signing.dumps(asdict(begun), salt=_SALT) if rows is None else "",
        "rows": [(CHECKS.get(row.check, row.check), row) for row in rows or ()],
    }
    return render(request, "web_admin/ops/loop_found.html" if part else "web_admin/ops/loop_test.html", context)
