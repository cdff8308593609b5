"""The first run: who are you, what is your bulletin, how does mail leave. Then Home, with a sample issue ready.

The first screen needs nobody signed in: its one-time token is the right to it. The others are the new owner's.
"""

from __future__ import annotations

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from masthead.audience import lists
from masthead.issues import publications
from masthead.issues.models import Publication
from masthead.issues.rendering import colours
from masthead.mail.transports import choosing
from masthead.team import people, setup
from masthead.team.models import Role, User
from masthead.team.roles import requires
from masthead.web.admin.office import clock, samples
from masthead.web.admin.office.choices import languages, time_zones
from masthead.web.admin.staff import staff

BACKEND = "masthead.web.admin.backends.DeskBackend"


class PersonForm(forms.Form):
    """A new member of staff."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=gettext_lazy("Passphrase"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Ten characters or more. Four or five words that do not belong together are easy to keep."),
    )

    def clean(self) -> dict[str, object]:
        """The passphrase obeys the rules of the install, which look at name and address too."""
        values: dict[str, object] = super().clean() or {}
        password = values.get("password")
        if isinstance(password, str):
            person = User(email=str(values.get("email", "")), name=str(values.get("name", "")))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return values


class BulletinForm(forms.Form):
    """A new publication, as little of it as is needed to begin."""

    name = forms.CharField(label=gettext_lazy("Name of the bulletin"), max_length=150)
    tagline = forms.CharField(
        label=gettext_lazy("Tagline"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("One line under the name. May wait."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zones)
    next_number = forms.IntegerField(
        label=gettext_lazy("Next number"),
        min_value=1,
        max_value=9_999_999,
        initial=1,
        help_text=gettext_lazy("Continuing a bulletin? Enter the number its next issue has, such as 1971."),
    )
    from_address = forms.EmailField(
        label=gettext_lazy("Sent from"), help_text=gettext_lazy("What readers see as the sender. Can be changed later.")
    )
    accent = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$", label=gettext_lazy("Colour"), initial="#1d4e89", widget=forms.TextInput(attrs={"type": "color"})
    )

    def clean_accent(self) -> str:
        """A colour that can be read on paper. Where it cannot, the nearest that can stands in the field when the form comes back.

        Raises:
            ValidationError: it is too faint; what to do is said.
        """
        chosen = str(self.cleaned_data["accent"]).lower()
        if colours.contrast(chosen, colours.PAPER) >= colours.AA:
            return chosen
        used = colours.readable(chosen, on=colours.PAPER)
        self.data = {**self.data.dict(), self.add_prefix("accent"): used} if isinstance(self.data, QueryDict) else self.data
        raise ValidationError(
            _("%(chosen)s is too faint to be read on paper. %(used)s is the nearest that can be; it has been chosen instead.")
            % {"chosen": chosen, "used": used}
        )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Become staff by a one-time link: the owner on the first run, a colleague by an invitation."""
    now = timezone.now()
    try:
        link = setup.peek(token=token, now=now)
    except setup.LinkUnusable as error:
        return render(request, "web_admin/office/link_unusable.html", {"reason": str(error)}, status=410)
    form = PersonForm(request.POST if request.method == "POST" else None, initial={"email": link.email})
    if link.email:
        # The invitation went to this address: it is shown, and what the form says instead is not asked.
        form.fields["email"].disabled = True
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            user = setup.use(token=token, email=values["email"], name=values["name"], password=values["password"], now=now)
        except people.AddressTaken as error:
            form.add_error("email", str(error))
        except setup.LinkUnusable as error:
            return render(request, "web_admin/office/link_unusable.html", {"reason": str(error)}, status=410)
        else:
            login(request, user, backend=BACKEND)
            first = user.role == Role.OWNER and not Publication.objects.exists()
            return redirect("desk_welcome_bulletin" if first else "desk_home")
    context = {"form": form, "step": 1, "invited_as": link.get_role_display() if link.email else ""}
    return render(request, "web_admin/office/welcome.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("publications.edit")
def bulletin(request: HttpRequest) -> HttpResponse:
    """The publication, with a list of the same name and a sample issue to play with."""
    person = staff(request)
    form = BulletinForm(
        request.POST if request.method == "POST" else None,
        initial={"language": "en", "time_zone": "UTC", "from_address": person.email},
    )
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            mailing_list = lists.get_or_create(name=form.cleaned_data["name"], by=person.actor, now=now)
            made = publications.create(**form.cleaned_data, lists=[mailing_list], by=person.actor, now=now)
        except publications.BadPublication as error:
            form.add_error(None, str(error))
        except lists.BadListName as error:
            form.add_error("name", str(error))
        else:
            clock.set_by_bulletin(person)
            samples.write(publication=made, by=person.actor, now=now)
            samples.invite(person=person, mailing_list=mailing_list, now=now)
            return redirect("desk_welcome_mail")
    return render(request, "web_admin/office/welcome_bulletin.html", {"form": form, "step": 2})


@never_cache
@require_safe
@requires("publications.edit")
def how_mail_leaves(request: HttpRequest) -> HttpResponse:
    """Nothing must be decided here: the built-in inbox is at work already."""
    now = timezone.now()
    context = {"step": 3, "transport": choosing.current(now), "sample": samples.newest()}
    return render(request, "web_admin/office/welcome_mail.html", context)
