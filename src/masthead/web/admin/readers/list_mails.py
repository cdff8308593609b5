"""The mails of a list: what its confirmation, welcome and goodbye say, in each language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from masthead.audience import list_mails as verbs
from masthead.audience import messages as mails
from masthead.audience.default_mails import Words, default
from masthead.audience.models import ListMail, MailingList
from masthead.common.text import direction_of
from masthead.common.urls import absolute
from masthead.issues.models import Publication
from masthead.issues.publications import sender_of
from masthead.mail.sender import Sender
from masthead.team.roles import requires
from masthead.web.admin.staff import staff

Kind = ListMail.Kind

#: When each is sent.
WHEN = {
    Kind.CONFIRMATION: gettext_lazy("To whoever asks to join: the link in it leads to the button that confirms."),
    Kind.WELCOME: gettext_lazy("To who has just joined, once."),
    Kind.GOODBYE: gettext_lazy("To who has left, so that nobody is taken off without knowing it."),
    Kind.STAY: gettext_lazy("To readers of old whom you ask whether they want to stay."),
}
#: The token of a test's link.
_NOBODY = "test"
#: What {{ link }} means in each.
LINKS = {
    Kind.CONFIRMATION: gettext_lazy("the page with the button that confirms"),
    Kind.WELCOME: gettext_lazy("the reader’s own page"),
    Kind.GOODBYE: gettext_lazy("the page to subscribe again"),
    Kind.STAY: gettext_lazy("the page with the buttons to stay or leave"),
}


class ListMailForm(forms.Form):
    """Subject and text of one mail in one language."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200, required=False)
    body = forms.CharField(label=gettext_lazy("Text"), max_length=verbs.MOST_BODY, required=False)

    def __init__(self, said: Words, language: str, data: Any = None) -> None:
        super().__init__(data, initial={"subject": said.subject, "body": said.body})
        attributes = {"dir": direction_of(language), "lang": language}
        self.fields["subject"].widget = forms.TextInput(attributes)
        self.fields["body"].widget = forms.Textarea({**attributes, "rows": 14})


@require_safe
@requires("lists.edit")
def list_mails(request: HttpRequest, pk: int) -> HttpResponse:
    """The three mails, and in which languages each has words of its own."""
    entry = get_object_or_404(MailingList, pk=pk)
    own = set(entry.mails.values_list("kind", "language"))
    rows = [
        {
            "kind": kind,
            "label": kind.label,
            "when": WHEN[kind],
            "languages": [(code, name, (kind.value, code) in own) for code, name in settings.LANGUAGES],
        }
        for kind in Kind
    ]
    context = {
        "title": _("Mails of %(list)s") % {"list": entry.name},
        "list": entry,
        "rows": rows,
        "must_welcome": entry.opt_in == MailingList.OptIn.SINGLE,
    }
    return render(request, "web_admin/readers/list_mails.html", context)


@require_POST
@requires("lists.edit")
def welcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the welcome is sent."""
    entry = get_object_or_404(MailingList, pk=pk)
    try:
        verbs.set_welcome(mailing_list=entry, on="on" in request.POST, by=staff(request).actor, now=timezone.now())
    except verbs.BadListMail as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("desk_list_mails", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("lists.edit")
def list_mail(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One of them in one language: the words, how it looks, a test to oneself, and the way back to ours."""
    entry = get_object_or_404(MailingList, pk=pk)
    if kind not in Kind.values:
        raise Http404
    which, sender = Kind(kind), _sender(entry)
    language = _language(request, sender)
    own = entry.mails.filter(kind=which, language=language).first()
    said = Words(own.subject, own.body, language, own=True) if own else default(which, language)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action == "reset":
        verbs.reset(mailing_list=entry, kind=which, language=language, by=staff(request).actor, now=timezone.now())
        messages.success(request, _("It says it in Masthead’s own words again."))
        return redirect(_here(entry, which, language))
    form = ListMailForm(said, language, request.POST if action else None)
    if action and form.is_valid():
        said = Words(form.cleaned_data["subject"], form.cleaned_data["body"], language, own=True)
        if _act(request, action, entry, which, said, form, sender):
            return redirect(_here(entry, which, language))
    context = {
        "title": which.label,
        "list": entry,
        "when": WHEN[which],
        "link": LINKS[which],
        "form": form,
        "own": own,
        "fields": verbs.known_fields(which),
        "personal": which in verbs.PERSONAL,
        "language": language,
        "languages": _languages(entry, which),
        "looks": _looks(entry, which, said, sender) if sender else None,
    }
    return render(request, "web_admin/readers/list_mail.html", context, status=422 if form.errors else 200)


def _act(
    request: HttpRequest,
    action: str,
    entry: MailingList,
    kind: ListMail.Kind,
    said: Words,
    form: ListMailForm,
    sender: Sender | None,
) -> bool:
    """Save, or send a test of what is in the form. Returns whether it was saved; what is wrong stands in the form."""
    person, now = staff(request), timezone.now()
    try:
        if action == "save":
            verbs.save(
                mailing_list=entry,
                kind=kind,
                language=said.language,
                subject=said.subject,
                body=said.body,
                by=person.actor,
                now=now,
            )
            messages.success(request, _("Saved."))
            return True
        verbs.check(kind=kind, subject=said.subject, body=said.body)
    except verbs.BadListMail as error:
        for problem in error.problems:
            form.add_error(None, problem)
        return False
    if action == "test" and sender:
        mails.queue_words(
            kind=kind,
            record_as="test",
            said=said,
            lists=[entry],
            link=_sample_link(kind, sender),
            why=mails.last_line(kind, said.language, sender),
            subject="[TEST] " + mails.in_words(**_filled(entry, kind, said, sender)).subject,
            to=person.email,
            to_staff=True,
            sender=sender,
            language=said.language,
            now=now,
        )
        messages.success(request, _("A test is on its way to %(address)s.") % {"address": person.email})
    return False


def _looks(entry: MailingList, kind: ListMail.Kind, said: Words, sender: Sender) -> mails.InWords:
    return mails.in_words(**_filled(entry, kind, said, sender))


def _filled(entry: MailingList, kind: ListMail.Kind, said: Words, sender: Sender) -> dict[str, Any]:
    return {
        "said": said,
        "lists": [entry],
        "link": _sample_link(kind, sender),
        "why": mails.last_line(kind, said.language, sender),
        "reader": None,
        "sender": sender,
    }


def _sample_link(kind: ListMail.Kind, sender: Sender) -> str:
    """Where the link of a test leads: the confirmation of nobody says that it is not known."""
    if kind == Kind.CONFIRMATION:
        return absolute(sender.base_url, "confirm", token=_NOBODY)
    if kind == Kind.STAY:
        return absolute(sender.base_url, "stay", token=_NOBODY)
    return absolute(sender.base_url, "account" if kind == Kind.WELCOME else "subscribe")


def _sender(entry: MailingList) -> Sender | None:
    """The voice of the first publication that is sent to the list, else of the first one."""
    found = entry.publications.order_by("id").first() or Publication.objects.order_by("id").first()
    return sender_of(found) if found else None


def _language(request: HttpRequest, sender: Sender | None) -> str:
    known = dict(settings.LANGUAGES)
    asked = request.GET.get("lang", "")
    return asked if asked in known else verbs.spoken(sender.language if sender else "en")


def _languages(entry: MailingList, kind: ListMail.Kind) -> list[tuple[str, str, bool]]:
    own = set(entry.mails.filter(kind=kind).values_list("language", flat=True))
    return [(code, name, code in own) for code, name in settings.LANGUAGES]


def _here(entry: MailingList, kind: ListMail.Kind, language: str) -> str:
    return f"{reverse('desk_list_mail', args=[entry.pk, kind.value])}?lang={language}"
