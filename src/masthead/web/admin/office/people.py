"""People: who may sign in, with which role; invitations by a one-time link."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from masthead.issues import assigning
from masthead.issues.models import Publication
from masthead.team import people as verbs
from masthead.team import setup
from masthead.team.models import Role, SetupLink, User
from masthead.team.roles import RIGHTS, ROLE_RIGHTS, requires
from masthead.web.admin.staff import staff


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.EDITOR)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("team.manage")
def people(request: HttpRequest) -> HttpResponse:
    """The staff; a POST invites somebody and shows the link once."""
    form = InvitationForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        try:
            token = setup.invite(email=email, role=role, by=staff(request).actor, now=timezone.now())
        except verbs.AddressTaken as error:
            form.add_error("email", str(error))
        else:
            # The token exists nowhere else from here on: the link is shown in this answer and never again.
            link = request.build_absolute_uri(reverse("desk_welcome", args=[token]))
    publications = list(Publication.objects.order_by("id"))
    context = {
        "title": _("People"),
        "staff": [(person, assigning.limited_to(person)) for person in User.objects.order_by("-is_active", "name", "email")],
        "publications": publications if len(publications) > 1 else [],
        "invitations": SetupLink.objects.filter(used_at=None, expires_at__gt=timezone.now()).exclude(email=""),
        "roles": [(role, [RIGHTS[right] for right in RIGHTS if right in ROLE_RIGHTS[role]]) for role in Role],
        "form": form,
        "link": link,
        "choices": Role.choices,
    }
    return render(request, "web_admin/office/people.html", context)


@require_POST
@requires("team.manage")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one person's role, the publications they work on, or whether they may sign in."""
    user = get_object_or_404(User, pk=pk)
    act, by, now = request.POST.get("act"), staff(request).actor, timezone.now()
    try:
        if act == "role" and request.POST.get("role") in Role.values:
            verbs.change_role(user=user, role=Role(request.POST["role"]), by=by, now=now)
            messages.success(request, _("%(name)s is now %(role)s.") % {"name": user, "role": user.get_role_display()})
        elif act == "publications":
            _limit(user, request.POST, by=by, now=now)
            messages.success(request, _("Saved."))
        elif act == "deactivate":
            verbs.deactivate(user=user, by=by, now=now)
            messages.success(request, _("%(name)s can no longer sign in.") % {"name": user})
        elif act == "activate":
            verbs.activate(user=user, by=by, now=now)
            messages.success(request, _("%(name)s can sign in again.") % {"name": user})
    except (verbs.LastOwner, assigning.OwnerSeesAll) as error:
        messages.error(request, str(error))
    return redirect("desk_people")


def _limit(user: User, posted: QueryDict, *, by: str, now: datetime) -> None:
    """All publications, or those that are ticked."""
    chosen = [int(value) for value in posted.getlist("publications") if value.isdecimal() and len(value) < 12]
    some = None if posted.get("all") else list(Publication.objects.filter(pk__in=chosen))
    assigning.assign(person=user, publications=some, by=by, now=now)
