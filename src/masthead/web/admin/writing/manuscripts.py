"""Import a manuscript: a file or an address → what it will look like beside the report → use it, or not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.issues import drafting, importing, waiting, web_pages
from masthead.issues.assigning import publications_of
from masthead.issues.importing import Imported
from masthead.issues.manuscripts.boxed import MOST_BYTES
from masthead.issues.manuscripts.kinds import READERS
from masthead.issues.manuscripts.neutral import BadManuscript
from masthead.issues.models import Issue
from masthead.issues.rendering.edition import CannotRender
from masthead.issues.rendering.edition import render as render_issue
from masthead.issues.rendering.merge import TooManyFields
from masthead.team.roles import requires
from masthead.web.admin.staff import staff
from masthead.web.admin.words import number_of
from masthead.web.admin.writing import previews


class ManuscriptForm(forms.Form):
    """A file or an address."""

    file = forms.FileField(
        required=False,
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Word, LibreOffice, Markdown or HTML. It can be dropped here."),
        widget=forms.FileInput(attrs={"accept": ",".join(READERS), "class": "desk-drop"}),
    )
    address = forms.CharField(
        required=False,
        max_length=2000,
        label=gettext_lazy("or the address of a web page"),
        widget=forms.URLInput(attrs={"placeholder": "https://", "dir": "ltr", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Reads the manuscript into `found`."""
        values: dict[str, Any] = super().clean() or {}
        file, address = values.get("file"), str(values.get("address") or "").strip()
        if bool(file) == bool(address):
            raise forms.ValidationError(_("Choose a file, or write the address of a page."))
        try:
            if file and file.size > MOST_BYTES:
                raise BadManuscript(
                    _("%(name)s is larger than %(most)s MB. Make its pictures smaller, or split it.")
                    % {"name": file.name, "most": MOST_BYTES // 1_000_000}
                )
            values["found"] = importing.read(file.read(), name=file.name) if file else web_pages.read(address)
        except BadManuscript as error:
            raise forms.ValidationError(str(error)) from error
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@requires("issues.write")
def manuscript(request: HttpRequest) -> HttpResponse:
    """Where a manuscript is dropped; `into` is the issue whose text it will replace."""
    into = _into(request)
    form = ManuscriptForm(request.POST, request.FILES) if request.method == "POST" else ManuscriptForm()
    if request.method == "POST" and form.is_valid():
        token = waiting.keep(form.cleaned_data["found"], by=staff(request).actor)
        return redirect(_with_into(reverse("desk_manuscript_found", args=[token]), into))
    context = {
        "title": _("Import a manuscript"),
        "form": form,
        "into": into,
        "number": number_of(into) if into else "",
        "has_publication": publications_of(staff(request)).exists(),
    }
    return render(request, "web_admin/issues/manuscript.html", context, status=422 if form.errors else 200)


@require_safe
@requires("issues.write")
def found(request: HttpRequest, token: str) -> HttpResponse:
    """What was found: the result beside the report, and the decision."""
    imported, into = _waiting(request, token), _into(request)
    places = publications_of(staff(request))
    context = {
        "title": imported.meta.get("title") or _("A manuscript without a headline"),
        "found": imported,
        "token": token,
        "into": into,
        "number": number_of(into) if into else "",
        "publications": places,
        "no_alt": sum(
            1 for one in imported.pieces if one.kind == "image" and not one.value["alt"] and not one.value["decorative"]
        ),
    }
    return render(request, "web_admin/issues/manuscript_found.html", context)


@require_safe
@requires("issues.write")
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The result as a page of the site would show it."""
    imported, into = _waiting(request, token), _into(request)
    sources = list(imported.pictures)

    def address_of(source: str) -> str:
        return request.build_absolute_uri(reverse("desk_manuscript_picture", args=[token, sources.index(source)]))

    publication = into.publication if into else publications_of(staff(request)).first()
    if publication is None:
        raise Http404
    try:
        content = drafting.shown(imported, publication=publication, now=timezone.now(), address_of=address_of)
        html = render_issue(content).web_html
    except (CannotRender, TooManyFields) as error:
        return previews.page(request, "web_admin/previews/trouble.html", {"trouble": str(error)})
    theme = previews.theme_of(content)
    # Written by `issues.rendering` from values that it escaped or passed through its allow-list (S4).
    context = {"content": content, "html": SafeString(html), "theme": theme}
    return previews.page(request, "web_admin/previews/web.html", context)


@require_safe
@requires("issues.write")
def picture(request: HttpRequest, token: str, place: int) -> HttpResponse:
    """One picture of it: bytes that we wrote ourselves."""
    pictures = list(_waiting(request, token).pictures.values())
    if place >= len(pictures):
        raise Http404
    kind = "image/png" if pictures[place].name.endswith(".png") else "image/jpeg"
    return HttpResponse(pictures[place].data, content_type=kind)


@require_POST
@requires("issues.write")
def decide(request: HttpRequest, token: str) -> HttpResponse:
    """Use it: a new draft, or one new version of a draft there is. Or discard it."""
    imported, into, person = _waiting(request, token), _into(request), staff(request)
    if request.POST.get("act") != "use":
        waiting.discard(token)
        messages.info(request, _("Discarded; nothing was changed."))
        return redirect("issues:edit", into.pk) if into else redirect("desk_issues")
    try:
        if into is not None:
            issue = drafting.fill(issue=into, found=imported, by=person.actor, now=timezone.now())
        else:
            chosen = request.POST.get("publication", "")
            places = publications_of(staff(request))
            publication = get_object_or_404(places, pk=int(chosen)) if chosen.isdecimal() else places.first()
            if publication is None:
                raise Http404
            issue = drafting.create_from(imported, publication=publication, by=person.actor, now=timezone.now(), plans=False)
    except BadManuscript as error:
        messages.error(request, str(error))
        return redirect(_with_into(reverse("desk_manuscript_found", args=[token]), into))
    waiting.discard(token)
    messages.success(request, _("The manuscript is in the draft. The version before it stands in the history."))
    return redirect("issues:edit", issue.pk)


def _waiting(request: HttpRequest, token: str) -> Imported:
    imported = waiting.get(token, by=staff(request).actor)
    if imported is None:
        raise Http404(_("There is no such manuscript, or it waited longer than a day."))
    return imported


def _into(request: HttpRequest) -> Issue | None:
    said = request.GET.get("into", "")
    if not said:
        return None
    if not said.isdecimal() or len(said) > 12:
        raise Http404
    own = Issue.objects.filter(publication__in=publications_of(staff(request)))
    issue: Issue = get_object_or_404(own.select_related("publication"), pk=int(said))
    return issue


def _with_into(address: str, into: Issue | None) -> str:
    return f"{address}?into={into.pk}" if into else address
