"""Whether mail will arrive: what the DNS, the hosts and the relays say, and what to publish, with buttons to copy it."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from masthead.issues.models import Issue, Publication
from masthead.ops.doctor.examining import Outside, examine, names_of
from masthead.ops.doctor.rows import FAIL, PASS, UNCHECKED, UNKNOWN, Row
from masthead.team.roles import may, requires
from masthead.web.admin.loop_test import LoopForm

_GROUPS = {
    "dns": gettext_lazy("Names in the DNS"),
    "web": gettext_lazy("Links and one-click unsubscribe"),
    "relay": gettext_lazy("Mail servers that take your mail"),
    "return": gettext_lazy("The way back"),
}
_CHECKS = {
    "sender": gettext_lazy("Sender can be answered"),
    "spf": "SPF",
    "ptr": gettext_lazy("Name of the sending address"),
    "dkim": "DKIM",
    "dmarc": "DMARC",
    "certificate": gettext_lazy("Certificate"),
    "one-click": gettext_lazy("One-click unsubscribe"),
    "connection": gettext_lazy("Connection"),
    "connect": gettext_lazy("Connection"),
    "helo": gettext_lazy("What it calls itself"),
    "tls": gettext_lazy("Encryption"),
    "sign-in": gettext_lazy("Sign-in"),
    "features": gettext_lazy("What it offers"),
    "size": gettext_lazy("Room for the newest issue"),
    "bounce-mx": gettext_lazy("Mail server for bounces"),
    "door": gettext_lazy("Who takes bounces in"),
}


@require_safe
@requires("transports.edit")
def doctor(request: HttpRequest) -> HttpResponse:
    """The page comes at once; what is looked at follows. Without scripts a link looks."""
    context = {"title": _("Will it arrive?"), "look": "look" in request.GET, "form": LoopForm()}
    if context["look"]:
        context.update(_findings())
    return render(request, "web_admin/ops/doctor.html", context)


@require_safe
@requires("transports.edit")
def findings(request: HttpRequest) -> HttpResponse:
    """What was found just now."""
    return render(request, "web_admin/ops/doctor_findings.html", _findings())


@require_safe
@requires("campaigns.send")
def of_sender(request: HttpRequest, pk: int) -> HttpResponse:
    """What the DNS says of the domain that issue `pk` is sent from: a piece of the send desk, which comes without it."""
    issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
    rows = [_named(row) for row in names_of(issue.publication, Outside(), timezone.now())]
    context = {
        "wrong": [named for named in rows if named[1].result == FAIL],
        "open": [named for named in rows if named[1].result in {UNKNOWN, UNCHECKED}],
        "fine": [named for named in rows if named[1].result == PASS],
        "may_see_doctor": may(request.user, "transports.edit"),
    }
    return render(request, "web_admin/sending/domain.html", context)


def _findings() -> dict[str, object]:
    now = timezone.now()
    rows = examine(publications=list(Publication.objects.all()), outside=Outside(), now=now)
    groups = [(_GROUPS[name], [_named(row) for row in each]) for name, each in groupby(rows, key=lambda row: row.group)]
    return {"groups": groups, "failed": sum(row.result == FAIL for row in rows), "at": now}


def _named(row: Row) -> tuple[object, Row]:
    return _CHECKS.get(row.check, row.check), row
