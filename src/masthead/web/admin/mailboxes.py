"""The mailboxes that are looked into for what came back: how they are, and one of them, tried before it is used."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from masthead.bounces.mailboxes import configuring
from masthead.bounces.models import Mailbox
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.transports.base import Step
from masthead.team.roles import requires
from masthead.web.admin.staff import staff


class MailboxForm(forms.Form):
    """One folder of one IMAP account, or one POP3 account."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, required=False, help_text=gettext_lazy("Yours to choose; else the account's.")
    )
    protocol = forms.ChoiceField(
        label=gettext_lazy("Protocol"),
        choices=Mailbox.Protocol.choices,
        initial=Mailbox.Protocol.IMAP,
        help_text=gettext_lazy("IMAP where there is a choice: it is told of new mail at once, and knows folders."),
    )
    host = forms.CharField(label=gettext_lazy("Server"), max_length=255, help_text=gettext_lazy("Such as imap.example.org."))
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        min_value=1,
        max_value=65535,
        initial=993,
        help_text=gettext_lazy("Usually 993, or 143 with STARTTLS; for POP3 995 or 110."),
    )
    security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Mailbox.Security.choices, initial="tls")
    user = forms.CharField(label=gettext_lazy("User"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Kept encrypted. Leave it empty to keep the one that is stored for this server and user."),
    )
    folder = forms.CharField(
        label=gettext_lazy("Folder"),
        max_length=255,
        initial="INBOX",
        help_text=gettext_lazy("INBOX is where new mail lands. POP3 has no other."),
    )
    after = forms.ChoiceField(
        label=gettext_lazy("Once a mail is stored here"), choices=Mailbox.After.choices, initial=Mailbox.After.SEEN
    )
    move_to = forms.CharField(
        label=gettext_lazy("Move to"), max_length=255, required=False, help_text=gettext_lazy("Only where mails are moved.")
    )
    in_use = forms.BooleanField(label=gettext_lazy("Look into it once a minute"), required=False, initial=True)


@require_safe
@requires("transports.edit")
def mailboxes(request: HttpRequest) -> HttpResponse:
    """All of them, with what is wrong in words."""
    context = {"title": _("Mailboxes"), "mailboxes": Mailbox.objects.all()}
    return render(request, "web_admin/bounces/mailboxes.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Another mailbox."""
    return _screen(request, None)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def mailbox(request: HttpRequest, pk: int) -> HttpResponse:
    """Change, try or remove a mailbox."""
    return _screen(request, get_object_or_404(Mailbox, pk=pk))


def _screen(request: HttpRequest, existing: Mailbox | None) -> HttpResponse:
    act = request.POST.get("act", "") if request.method == "POST" else ""
    by, now = staff(request).actor, timezone.now()
    if act == "remove" and existing is not None:
        configuring.remove(mailbox=existing, by=by, now=now)
        messages.success(request, _("%(name)s is removed. What was taken out of it stays.") % {"name": existing.name})
        return redirect("desk_mailboxes")
    kept = {name: getattr(existing, name) for name in MailboxForm.base_fields if name != "password"} if existing else {}
    form = MailboxForm(request.POST if act else None, initial=kept)
    steps: list[Step] = []
    if act and form.is_valid():
        try:
            drafted = configuring.draft(existing=existing, **form.cleaned_data)
            steps = configuring.probe(drafted)
        except (configuring.BadMailbox, SealedUnderAnotherKeyError) as error:
            form.add_error(None, str(error))
        else:
            if act == "keep" and steps[-1].ok:
                configuring.keep(mailbox=drafted, by=by, now=now)
                messages.success(request, _("It works. %(name)s is kept.") % {"name": drafted.name})
                return redirect("desk_mailboxes")
    context = {"title": existing.name if existing else _("New mailbox"), "form": form, "steps": steps, "mailbox": existing}
    return render(request, "web_admin/bounces/mailbox.html", context)
