"""Sign-up forms: what they ask and say, how they look, and the HTML for pages of others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from masthead.audience import sign_up_forms as verbs
from masthead.audience.models import Attribute, MailingList, SignUpForm
from masthead.common.text import direction_of
from masthead.common.urls import absolute
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of
from masthead.team.roles import requires
from masthead.web.admin.own_publications import lists_known_to
from masthead.web.admin.staff import staff
from masthead.web.admin.writing.previews import PAGE
from masthead.web.hosts import speak_for
from masthead.web.middleware import spoken
from masthead.web.portal.sign_up_page import as_html, form_of, form_page

_LABELS = {
    "heading": gettext_lazy("Heading"),
    "intro": gettext_lazy("Text above the fields"),
    "button": gettext_lazy("On the button"),
    "thanks": gettext_lazy("Thanks, when it was sent"),
}
_AREAS = {"intro", "thanks"}


class SignUpFormForm(forms.Form):
    """One sign-up form, with its words in one language at a time."""

    name = forms.CharField(label=gettext_lazy("Name, for you"), max_length=100)
    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.all(),
        label=gettext_lazy("Lists to join"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one list.")},
        help_text=gettext_lazy("With several, readers choose among them."),
    )
    asks_name = forms.BooleanField(label=gettext_lazy("Ask for the name"), required=False)
    asks_choices = forms.BooleanField(label=gettext_lazy("Let readers choose format and language"), required=False)
    questions = forms.ModelMultipleChoiceField(
        Attribute.objects.all(),
        label=gettext_lazy("Questions"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("The attributes of readers. An answer that must be given is marked where it is defined."),
    )

    def __init__(self, language: str, said: dict[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key, most in verbs.TEXTS.items():
            attributes = {"dir": direction_of(language), "lang": language}
            area = forms.Textarea({**attributes, "rows": 3}) if key in _AREAS else forms.TextInput(attributes)
            self.fields[key] = forms.CharField(
                label=_LABELS[key], required=False, max_length=most, widget=area, initial=said.get(key, "")
            )

    def offer(self, lists: QuerySet[MailingList], entry: SignUpForm | None) -> None:
        """Which lists can be chosen; those that `entry` has already stay, whosever they are."""
        has = entry.lists.values("pk") if entry else []
        self.fields["lists"].queryset = MailingList.objects.filter(Q(pk__in=lists.values("pk")) | Q(pk__in=has))  # type: ignore[attr-defined]

    def verb_fields(self) -> dict[str, Any]:
        """What `audience.sign_up_forms.save` takes, but the texts."""
        return {name: self.cleaned_data[name] for name in ("name", "lists", "asks_name", "asks_choices", "questions")}

    def said(self) -> dict[str, str]:
        """The words in the language at hand."""
        return {key: self.cleaned_data[key] for key in verbs.TEXTS}


@require_safe
@requires("lists.edit")
def sign_up_forms(request: HttpRequest) -> HttpResponse:
    """All forms, and where each stands."""
    rows = []
    for entry in SignUpForm.objects.prefetch_related("lists", "questions"):
        publication = _publication_of(entry)
        rows.append({"form": entry, "url": _url(entry, publication), "publication": publication})
    return render(request, "web_admin/readers/sign_up_forms.html", {"title": _("Sign-up forms"), "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def sign_up_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new form, or one that is changed; beside it how it looks."""
    entry = get_object_or_404(SignUpForm, pk=pk) if pk else None
    publication = _publication_of(entry)
    language = _language(request, publication)
    texts: dict[str, dict[str, str]] = dict(entry.texts) if entry else {}
    initial: dict[str, Any] = {"asks_name": True}
    if entry:
        initial = {name: getattr(entry, name) for name in ("name", "asks_name", "asks_choices")}
        initial |= {"lists": entry.lists.all(), "questions": entry.questions.all()}
    form = SignUpFormForm(language, texts.get(language, {}), request.POST or None, initial=initial)
    form.offer(lists_known_to(staff(request)), entry)
    if request.method == "POST" and form.is_valid():
        try:
            saved = verbs.save(
                form=entry,
                texts={**texts, language: form.said()},
                by=staff(request).actor,
                now=timezone.now(),
                **form.verb_fields(),
            )
        except verbs.BadForm as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{reverse('desk_sign_up_form', args=[saved.pk])}?lang={language}")
    context = {
        "title": entry.name if entry else _("New sign-up form"),
        "form": form,
        "entry": entry,
        "language": language,
        "languages": [(code, name, code in texts) for code, name in settings.LANGUAGES],
        **(_looks(entry, publication, language) if entry and publication else {}),
    }
    return render(request, "web_admin/readers/sign_up_form.html", context)


@require_http_methods(["POST"])
@requires("lists.edit")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a form away."""
    entry = get_object_or_404(SignUpForm, pk=pk)
    verbs.delete(form=entry, by=staff(request).actor, now=timezone.now())
    messages.success(request, _("The form “%(name)s” is gone.") % {"name": entry.name})
    return redirect("desk_sign_up_forms")


@require_safe
@requires("lists.edit")
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The form's own page, for a frame of the desk: it cannot be sent from there."""
    entry = get_object_or_404(SignUpForm, pk=pk)
    publication = _publication_of(entry)
    if publication is None:
        return HttpResponse(_("There is no publication yet."), content_type="text/plain; charset=utf-8")
    speak_for(request, publication)
    language = _language(request, publication)
    with override(spoken(language)):
        answer = form_page(request, form_of(entry, publication, language), QueryDict())
    answer["Content-Security-Policy"] = PAGE
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _looks(entry: SignUpForm, publication: Publication, language: str) -> dict[str, Any]:
    return {"html": as_html(form_of(entry, publication, language)), "url": _url(entry, publication)}


def _publication_of(entry: SignUpForm | None) -> Publication | None:
    """In whose name a form speaks: the first publication that is sent to one of its lists, else the first one."""
    found = Publication.objects.filter(lists__sign_up_forms=entry).order_by("id").first() if entry else None
    return found or Publication.objects.order_by("id").first()


def _url(entry: SignUpForm, publication: Publication | None) -> str:
    return absolute(base_url_of(publication), "sign_up_form", form=entry.slug) if publication else ""


def _language(request: HttpRequest, publication: Publication | None) -> str:
    known = dict(settings.LANGUAGES)
    asked = request.GET.get("lang", "")
    own = publication.language if publication and publication.language in known else "en"
    return asked if asked in known else own
