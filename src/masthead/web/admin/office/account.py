"""One's own account: name, language and look of the desk. Passphrase and second factor are allauth's screens."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.users.models import UserProfile

from masthead.team.roles import requires
from masthead.web.admin.office.choices import time_zones
from masthead.web.admin.staff import staff


class AccountForm(forms.Form):
    """What somebody decides for themselves."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the desk"),
        choices=[("", gettext_lazy("as the browser says")), *settings.LANGUAGES],
        required=False,
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zones)
    theme = forms.ChoiceField(
        label=gettext_lazy("Light or dark"),
        choices=[
            ("system", gettext_lazy("as the system says")),
            ("light", gettext_lazy("light")),
            ("dark", gettext_lazy("dark")),
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("desk.open")
def account(request: HttpRequest) -> HttpResponse:
    """Show and change it."""
    person = staff(request)
    profile = UserProfile.objects.filter(user=person).first() or UserProfile(user=person)
    initial = {
        "name": person.name,
        "language": profile.preferred_language,
        "time_zone": profile.get_current_time_zone(),
        "theme": profile.theme,
    }
    form = AccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        person.name = form.cleaned_data["name"]
        person.save(update_fields=["name"])
        profile.preferred_language, profile.theme = form.cleaned_data["language"], form.cleaned_data["theme"]
        profile.current_time_zone = form.cleaned_data["time_zone"]
        profile.save()
        messages.success(request, _("Saved."))
        return redirect("wagtailadmin_account")
    return render(request, "web_admin/office/account.html", {"title": _("Your account"), "form": form})
