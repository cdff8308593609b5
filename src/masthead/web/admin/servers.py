"""One mail server: tried step by step before it is used, with its share, its limits and its warm-up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from masthead.mail.models import Transport
from masthead.mail.pacing.limits import Limits
from masthead.mail.pacing.warmup import Plan
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.transports import choosing, configuring
from masthead.mail.transports.base import Step
from masthead.team.roles import requires
from masthead.web.admin.staff import staff

_MOST = 10**9
#: In a plot.
_MOST_DAYS = 30


_limit_field = partial(forms.IntegerField, required=False, min_value=1, max_value=_MOST)


class LimitsForm(forms.Form):
    """At most so many mails in each span."""

    per_second = _limit_field(label=gettext_lazy("Mails per second"))
    per_minute = _limit_field(label=gettext_lazy("Mails per minute"))
    per_hour = _limit_field(label=gettext_lazy("Mails in any 60 minutes"))
    per_day = _limit_field(label=gettext_lazy("Mails in any 24 hours"))

    def limits(self) -> Limits:
        """What was typed, once it is valid."""
        return Limits(**{name: self.cleaned_data[name] for name in LIMIT_FIELDS})


LIMIT_FIELDS = ("per_second", "per_minute", "per_hour", "per_day")


class ServerForm(LimitsForm):
    """A mail server that takes mail from us."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, required=False, help_text=gettext_lazy("Yours to choose; else the server's.")
    )
    host = forms.CharField(label=gettext_lazy("Server"), max_length=255, help_text=gettext_lazy("Such as mail.example.org."))
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        min_value=1,
        max_value=65535,
        initial=587,
        help_text=gettext_lazy("Usually 587, or 465 for TLS."),
    )
    security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Transport.Security.choices, initial="starttls")
    user = forms.CharField(
        label=gettext_lazy("User"), max_length=255, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Kept encrypted. Leave it empty to keep the one that is stored for this server and user."),
    )
    connections = forms.IntegerField(
        label=gettext_lazy("Connections at the same time"),
        min_value=1,
        max_value=configuring.MOST_CONNECTIONS,
        initial=10,
        help_text=gettext_lazy("More is faster; your provider may allow only a few. Each worker process has so many."),
    )
    connections_in_all = forms.IntegerField(
        label=gettext_lazy("Connections of all workers together"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("Only of use with several worker processes."),
    )
    weight = forms.IntegerField(
        label=gettext_lazy("Weight"),
        min_value=1,
        max_value=configuring.MOST_WEIGHT,
        initial=1,
        help_text=gettext_lazy("With 3 here and 1 at another server, this one gets three mails of four."),
    )
    sender_domains = forms.CharField(
        label=gettext_lazy("Only for senders at"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Domains of From addresses, separated by blanks. Empty: mail of every publication."),
    )
    warmup_first = forms.IntegerField(
        label=gettext_lazy("Mails on the first day"),
        required=False,
        min_value=1,
        max_value=_MOST,
        help_text=gettext_lazy("For a server or address that receivers do not know yet. Empty: no warm-up."),
    )
    warmup_growth = forms.IntegerField(
        label=gettext_lazy("Percent more each day"), required=False, min_value=1, max_value=1000, initial=50
    )
    warmup_full = forms.IntegerField(
        label=gettext_lazy("Over at so many a day"), required=False, min_value=1, max_value=_MOST, initial=50000
    )

    def draft(self, existing: Transport | None) -> Transport:
        """The row that was typed, unsaved. Raises configuring.BadTransport."""
        values = {name: value for name, value in self.cleaned_data.items() if name in _DRAFTED}
        plan = configuring.plan_of(**{name: self.cleaned_data[f"warmup_{name}"] for name in ("first", "growth", "full")})
        return configuring.draft(existing=existing, limits=self.limits(), warm_up=plan, **values)


_DRAFTED = frozenset(
    [
        *("name", "host", "port", "security", "user", "password", "connections", "connections_in_all", "weight"),
        "sender_domains",
    ]
)
_GROUPS = (
    (gettext_lazy("Server"), ("name", "host", "port", "security", "user", "password"), True),
    (gettext_lazy("Share"), ("weight", "sender_domains"), False),
    (gettext_lazy("Limits"), (*LIMIT_FIELDS, "connections", "connections_in_all"), False),
    (gettext_lazy("Warm-up"), ("warmup_first", "warmup_growth", "warmup_full"), False),
)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Another server."""
    return _screen(request, None)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def server(request: HttpRequest, pk: int) -> HttpResponse:
    """Change, try or remove a server."""
    return _screen(request, get_object_or_404(configuring.own_servers(), pk=pk))


def _screen(request: HttpRequest, existing: Transport | None) -> HttpResponse:
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "remove" and existing is not None:
        configuring.remove(transport=existing, by=staff(request).actor, now=timezone.now())
        messages.success(request, _("%(name)s is removed.") % {"name": existing.name})
        return redirect("desk_transports")
    form = ServerForm(request.POST if act else None, initial=_kept(existing))
    steps: list[Step] = []
    if act and form.is_valid():
        try:
            transport = form.draft(existing)
            steps = choosing.probe(choosing.from_row(transport)) if act in {"try", "use"} else []
        except (configuring.BadTransport, SealedUnderAnotherKeyError) as error:
            form.add_error(None, str(error))
        else:
            if act == "keep" or (act == "use" and steps[-1].ok):
                configuring.keep(transport=transport, use=act == "use", by=staff(request).actor, now=timezone.now())
                said = _("Mail leaves by %(name)s now.") if transport.in_use else _("%(name)s is kept, but not in use.")
                messages.success(request, said % {"name": transport.name})
                return redirect("desk_transports")
    context = {
        "title": existing.name if existing else _("New mail server"),
        "form": form,
        "steps": steps,
        "server": existing,
        "groups": [(label, [form[name] for name in names], shown or _filled(form, names)) for label, names, shown in _GROUPS],
        "plan": bars(_plan_days(existing.plan, existing.warmup_level)) if existing and existing.plan else [],
    }
    return render(request, "web_admin/mail/server.html", context)


def _filled(form: ServerForm, names: tuple[str, ...]) -> bool:
    """Whether a group has something in it that is not the usual, or an error."""
    for name in names:
        value, usual = form[name].value(), form.fields[name].initial
        if form[name].errors or (value not in (None, "") and str(value) != str(usual)):
            return True
    return False


def bars(counts: Sequence[int]) -> list[tuple[int, int, int]]:
    """(mails, height in percent, what is above it) for a plot of days."""
    top = max(counts, default=0) or 1
    heights = [max(2, round(100 * count / top)) for count in counts]
    return [(count, height, 100 - height) for count, height in zip(counts, heights, strict=True)]


def _plan_days(plan: Plan, level: int) -> list[int]:
    """What is allowed on each coming day until the plan is over, and on the first day after it."""
    return [plan.ceiling(each) or plan.full for each in range(level, min(level + _MOST_DAYS, plan.length() + 1))]


def _kept(existing: Transport | None) -> dict[str, object]:
    if existing is None:
        return {}
    return {name: getattr(existing, name) for name in ServerForm.base_fields if name != "password"}
