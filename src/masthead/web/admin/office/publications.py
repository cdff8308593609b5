"""Publications: what a bulletin is called, how it looks, who sends it, where it may be followed; and going live."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import lists
from masthead.issues import public_addresses, settling
from masthead.issues import publications as verbs
from masthead.issues.assigning import assign, limited_to, publications_of
from masthead.issues.models import Publication
from masthead.team.models import Role
from masthead.team.roles import requires
from masthead.web.admin.office.forms import PublicationForm
from masthead.web.admin.office.welcome import BulletinForm
from masthead.web.admin.staff import staff


class AnotherForm(BulletinForm):
    """One more publication: it needs an address of its own."""

    base_url = forms.CharField(
        label=gettext_lazy("Public address"),
        required=False,
        max_length=250,
        widget=forms.TextInput(attrs={"dir": "ltr", "placeholder": "https://news.example.org"}),
        help_text=gettext_lazy(
            "A host or a path of its own. Empty: a path made from the name, below the address of this install."
        ),
    )

    def clean_base_url(self) -> str:
        """Refuses what another publication has."""
        try:
            url = public_addresses.checked(str(self.cleaned_data["base_url"]))
            if url:
                public_addresses.refuse_taken(url, slug=slugify(str(self.data.get("name", ""))) or "second")
        except public_addresses.BadPublicAddress as error:
            raise ValidationError(str(error)) from error
        return url


@require_safe
@requires("publications.edit")
def publications(request: HttpRequest) -> HttpResponse:
    """All of them; with only one there is nothing to choose."""
    found = list(publications_of(staff(request)))
    if len(found) == 1:
        return redirect("desk_publication", found[0].pk)
    return render(request, "web_admin/office/publications.html", {"title": _("Publications"), "publications": found})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("publications.edit")
def new(request: HttpRequest) -> HttpResponse:
    """One more publication."""
    person, now = staff(request), timezone.now()
    form = AnotherForm(
        request.POST if request.method == "POST" else None,
        initial={"language": "en", "time_zone": "UTC", "from_address": person.email},
    )
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            made = verbs.create(
                **form.cleaned_data,
                lists=[lists.get_or_create(name=name, by=person.actor, now=now)],
                by=person.actor,
                now=now,
            )
        except (verbs.BadPublication, lists.BadListName) as error:
            form.add_error(None, str(error))
        else:
            limit = limited_to(person)
            if limit is not None:
                assign(person=person, publications=[*limit, made], by=person.actor, now=now)
            return redirect("desk_publication", made.pk)
    return render(request, "web_admin/office/publication_new.html", {"title": _("New publication"), "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("publications.edit")
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication's settings."""
    found = get_object_or_404(Publication, pk=pk)
    person, now = staff(request), timezone.now()
    own = publications_of(person)
    form = PublicationForm(found, request.POST if request.method == "POST" else None, among=own, owner=person.role == Role.OWNER)
    if request.method == "POST" and form.is_valid():
        try:
            settling.change(publication=found, values=form.values(), by=person.actor, now=now)
            number = form.cleaned_data["next_number"]
            if number != found.next_number:
                verbs.set_next_number(publication=found, number=number, by=person.actor, now=now)
        except verbs.BadPublication as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk_publication", pk)
    context = {
        "title": found.name,
        "publication": found,
        "form": form,
        "reasons": [] if found.is_live else verbs.reasons_against_going_live(found),
        "others": own.exclude(pk=pk).exists(),
        "base_url": verbs.base_url_of(found),
    }
    return render(request, "web_admin/office/publication.html", context, status=422 if form.errors else 200)


@require_POST
@requires("publications.edit")
def mode(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave test mode, or return to it."""
    found, person = get_object_or_404(Publication, pk=pk), staff(request)
    if request.POST.get("act") == "test":
        verbs.return_to_test_mode(publication=found, by=person.actor, now=timezone.now())
        messages.success(request, _("Back in test mode. What was published stays published."))
        return redirect("desk_publication", pk)
    try:
        verbs.go_live(publication=found, by=person.actor, now=timezone.now())
    except verbs.CannotGoLive as error:
        for reason in error.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, _("%(name)s is live: from now on mail goes to its readers.") % {"name": found.name})
    return redirect("desk_publication", pk)
