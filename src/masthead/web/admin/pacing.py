"""Limits of receiving providers, and the quiet hours of publications."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from masthead.delivery import quiet_hours as quiet
from masthead.delivery.models import QuietHours
from masthead.issues.models import Publication
from masthead.mail import provider_limits
from masthead.mail.models import Provider
from masthead.mail.pacing.providers import BUILT_IN
from masthead.team.roles import requires
from masthead.web.admin.servers import LIMIT_FIELDS, LimitsForm
from masthead.web.admin.staff import staff


class ProviderForm(LimitsForm):
    """A provider's domains and limits."""

    name = forms.CharField(
        label=gettext_lazy("Provider"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "known-providers", "autocomplete": "off"}),
        help_text=gettext_lazy("One that is known, such as google, or a domain."),
    )
    domains = forms.CharField(
        label=gettext_lazy("More domains of this provider"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Separated by blanks or lines. Those that are known for it count anyway."),
    )
    field_order = ("name", "domains", *LIMIT_FIELDS)


class QuietForm(forms.Form):
    """When nothing is to leave."""

    begins = forms.TimeField(label=gettext_lazy("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=gettext_lazy("Until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def new_provider(request: HttpRequest) -> HttpResponse:
    """Limits for another provider."""
    return _provider(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def provider(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or remove the limits of a provider."""
    return _provider(request, get_object_or_404(Provider, pk=pk))


def _provider(request: HttpRequest, existing: Provider | None) -> HttpResponse:
    act = request.POST.get("act", "") if request.method == "POST" else ""
    by, now = staff(request).actor, timezone.now()
    if act == "remove" and existing is not None:
        provider_limits.remove(provider=existing, by=by, now=now)
        messages.success(request, _("Removed."))
        return redirect("desk_transports")
    initial = {name: getattr(existing, name) for name in ProviderForm.base_fields} if existing else {}
    form = ProviderForm(request.POST if act else None, initial=initial)
    if existing is not None:
        form.fields["name"].disabled = True
    if act and form.is_valid():
        try:
            provider_limits.keep(
                name=form.cleaned_data["name"],
                domains=form.cleaned_data["domains"].replace(",", " ").split(),
                limits=form.limits(),
                by=by,
                now=now,
            )
        except provider_limits.BadProvider as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk_transports")
    context = {
        "title": existing.name if existing else _("Limits of a provider"),
        "form": form,
        "provider": existing,
        "known": sorted(BUILT_IN),
        "built_in": BUILT_IN.get(existing.name, ()) if existing else (),
    }
    return render(request, "web_admin/mail/provider.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("transports.edit")
def quiet_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """The quiet hours of one publication."""
    publication = get_object_or_404(Publication, pk=pk)
    row = QuietHours.objects.filter(publication=publication).first()
    form = QuietForm(request.POST or None, initial={"begins": row.begins, "ends": row.ends} if row else {})
    if request.method == "POST" and form.is_valid():
        try:
            quiet.change(publication=publication, by=staff(request).actor, now=timezone.now(), **form.cleaned_data)
        except quiet.BadQuietHours as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk_transports")
    context = {"title": _("Quiet hours of %(name)s") % {"name": publication.name}, "form": form, "publication": publication}
    return render(request, "web_admin/mail/quiet_hours.html", context)
