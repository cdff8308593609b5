"""The addresses that mail providers post bounces and complaints to: one for each, with what it is checked by."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from masthead.bounces.models import Webhook
from masthead.bounces.webhooks import configuring
from masthead.bounces.webhooks.providers import PROVIDERS
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.team.roles import requires
from masthead.web.admin.staff import staff


class WebhookForm(forms.Form):
    """What the desk has to know of a provider's posts."""

    provider = forms.ChoiceField(label=gettext_lazy("Provider"), choices=Webhook.Provider.choices)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Yours to choose; else the provider's."),
    )


class SecretForm(forms.Form):
    """Its own fields once it is there."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    secret = forms.CharField(
        required=False, max_length=2000, strip=True, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    in_use = forms.BooleanField(label=gettext_lazy("Take what is posted"), required=False, initial=True)


@require_safe
@requires("transports.edit")
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them, with when something last came."""
    context = {"title": _("Webhooks"), "webhooks": Webhook.objects.all()}
    return render(request, "web_admin/bounces/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Choose the provider; its address comes next."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            drafted = configuring.draft(**form.cleaned_data)
        except configuring.BadWebhook as error:
            form.add_error(None, str(error))
        else:
            kept = configuring.keep(webhook=drafted, by=staff(request).actor, now=timezone.now())
            return redirect("desk_webhook", pk=kept.pk)
    return render(request, "web_admin/bounces/webhook_new.html", {"title": _("New webhook"), "form": form})


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """The address to copy, the key to paste, and what came."""
    found = get_object_or_404(Webhook, pk=pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    by, now = staff(request).actor, timezone.now()
    if act == "remove":
        configuring.remove(webhook=found, by=by, now=now)
        messages.success(request, _("%(name)s is removed. What came by it stays.") % {"name": found.name})
        return redirect("desk_webhooks")
    if act == "renew":
        configuring.renew(webhook=found, by=by, now=now)
        messages.success(request, _("It has another address now. Enter it at the provider: the old one takes nothing any more."))
        return redirect(reverse("desk_webhook", args=[found.pk]))
    provider = PROVIDERS[found.provider]
    form = SecretForm(request.POST if act else None, initial={"name": found.name, "in_use": found.in_use})
    if provider.makes_own_secret:
        del form.fields["secret"]
    else:
        field = form.fields["secret"]
        field.label, field.help_text = str(provider.secret), str(provider.where)
        field.required = not found.secret_sealed
    if act and form.is_valid():
        try:
            drafted = configuring.draft(existing=found, provider=found.provider, **form.cleaned_data)
        except configuring.BadWebhook as error:
            form.add_error(None, str(error))
        else:
            configuring.keep(webhook=drafted, by=by, now=now)
            messages.success(request, _("%(name)s is kept.") % {"name": drafted.name})
            return redirect(reverse("desk_webhook", args=[found.pk]))
    context = {"title": found.name, "webhook": found, "provider": provider, "form": form, **_address(found)}
    return render(request, "web_admin/bounces/webhook.html", context)


def _address(webhook: Webhook) -> dict[str, object]:
    """Where providers reach us: at the first bulletin's address."""
    publication = Publication.objects.first()
    base = base_url_of(publication) if publication is not None else settings.BASE_URL
    try:
        address = configuring.address_of(webhook, base=base)
    except SealedUnderAnotherKeyError as error:
        return {"address": "", "trouble": str(error)}
    return {"address": address, "is_secure": base.startswith("https://")}
