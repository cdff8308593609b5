"""How mail leaves: the built-in inbox or a server of one's own, tried step by step before it is used."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from masthead.issues.models import Publication
from masthead.issues.publications import sender_of
from masthead.mail import single
from masthead.mail.models import SingleMail, Transport
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.sender import Sender
from masthead.mail.transports import choosing, configuring
from masthead.mail.transports.base import Step
from masthead.team.models import User
from masthead.team.roles import requires
from masthead.web.admin.staff import staff

_SHOWN = 8


class ServerForm(forms.Form):
    """A mail server that takes mail from us."""

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
        help_text=gettext_lazy("Kept encrypted. Leave it empty to keep the one that is stored."),
    )
    connections = forms.IntegerField(
        label=gettext_lazy("Connections at the same time"),
        min_value=1,
        max_value=500,
        initial=10,
        help_text=gettext_lazy("More is faster; your provider may allow only a few."),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def transports(request: HttpRequest) -> HttpResponse:
    """The ways out. A POST tries a server, uses one, goes back to the inbox, or sends a test mail."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    person, now = staff(request), timezone.now()
    if act == "inbox":
        configuring.use_inbox(by=person.actor, now=now)
        messages.success(request, _("All mail stays in the built-in inbox now."))
        return redirect("desk_transports")
    if act == "test":
        single.queue(
            kind="test",
            to=person.email,
            subject=_("Test mail from Masthead"),
            text=_("If you can read this, mail leaves as you have set it up."),
            sender=_voice(),
            now=now,
            to_staff=True,
        )
        messages.success(request, _("A test mail to %(address)s is on its way; see below.") % {"address": person.email})
        return redirect("desk_transports")
    form = ServerForm(request.POST if act in {"try", "use"} else None, initial=_kept())
    steps: list[Step] = []
    if act in {"try", "use"} and form.is_valid():
        steps = _tried(form, act, person)
        if act == "use" and steps and steps[-1].ok:
            messages.success(request, _("Mail leaves by %(host)s now.") % {"host": form.cleaned_data["host"]})
            return redirect("desk_transports")
    return render(request, "web_admin/mail/transports.html", {"form": form, "steps": steps, "act": act, **_state()})


def _tried(form: ServerForm, act: str, person: User) -> list[Step]:
    """Try the server; use it when that was asked for and every step worked."""
    try:
        transport = configuring.draft(**form.cleaned_data)
        steps = choosing.probe(choosing.from_row(transport))
    except (configuring.BadTransport, SealedUnderAnotherKeyError) as error:
        form.add_error(None, str(error))
        return []
    if act == "use" and steps[-1].ok:
        configuring.use_server(transport=transport, by=person.actor, now=timezone.now())
    return steps


def _state() -> dict[str, object]:
    now = timezone.now()
    try:
        current = choosing.current(now)
        trouble = ""
    except SealedUnderAnotherKeyError as error:
        current, trouble = choosing.inbox_config(), str(error)
    return {
        "title": _("How mail leaves"),
        "current": current,
        "trouble": trouble,
        "by_environment": bool(settings.SMTP_URL),
        "inbox_runs": choosing.inbox_config().port != 0,
        "server": configuring.own_server(),
        "recent": SingleMail.objects.defer("raw").order_by("-pk")[:_SHOWN],
    }


def _kept() -> dict[str, object]:
    server = configuring.own_server()
    if server is None:
        return {}
    return {name: getattr(server, name) for name in ("host", "port", "security", "user", "connections")}


def _voice() -> Sender:
    """A publication's, since a relay may take mail only from its addresses; before there is one, the install's own."""
    publication = Publication.objects.order_by("pk").first()
    return sender_of(publication) if publication else Sender(name="Masthead", address=settings.DEFAULT_FROM_EMAIL)
