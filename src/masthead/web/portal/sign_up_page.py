"""A sign-up form as a page: the publication's own, or one that was made at the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from masthead.audience.models import Attribute, MailingList, SignUpForm
from masthead.common.urls import absolute
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of
from masthead.web import list_choice
from masthead.web.middleware import spoken
from masthead.web.page import direction_in
from masthead.web.portal import questions, tracking_form
from masthead.web.portal.frame import own_page


@dataclass(frozen=True)
class Form:
    """What a form offers, asks and says, in one language. `made` is that of the desk; None: the publication's own."""

    publication: Publication
    offered: Sequence[MailingList]
    questions: Sequence[Attribute]
    language: str
    made: SignUpForm | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks_name(self) -> bool:
        """Whether there is a field for the name."""
        return self.made is None or self.made.asks_name

    @property
    def asks_choices(self) -> bool:
        """Whether format and language can be chosen."""
        return self.made is None or self.made.asks_choices

    @property
    def other_languages(self) -> list[tuple[str, str]]:
        """Code and name of each other language that a form of the desk has words of its own in, and the publication's."""
        if self.made is None:
            return []
        written = {*self.made.texts, self.publication.language} - {self.language}
        return [(code, name) for code, name in settings.LANGUAGES if code in written]

    @property
    def how(self) -> str:
        """What the ledger of consent calls it."""
        return f"form {self.made.slug}" if self.made else "form"

    @property
    def consent_text(self) -> str:
        """What it says about consent; kept with the reader's request."""
        return consent_text(self.publication, self.language, self.offered)

    @property
    def tracking_text(self) -> str:
        """What a reader may agree to besides; "" where nobody is tracked."""
        return tracking_form.text_of(self.publication, self.language)

    @property
    def asks_by_mail(self) -> bool:
        """Whether one of its lists is joined by a button in a mail; else the form alone is enough."""
        return any(entry.opt_in == MailingList.OptIn.DOUBLE for entry in self.offered)


def form_of(made: SignUpForm, publication: Publication, language: str) -> Form:
    """`made` as it stands at the address of `publication`, in `language` if we speak it, else in the publication's."""
    if language not in dict(settings.LANGUAGES):
        language = publication.language
    return Form(publication, list(made.lists.all()), list(made.questions.all()), language, made, made.texts_in(language))


def consent_text(publication: Publication, language: str, offered: Sequence[MailingList] = ()) -> str:
    """What a form says about consent. Lists that are joined without a confirmation are named: it is part of the deal."""
    at_once = [entry.name for entry in offered if entry.opt_in == MailingList.OptIn.SINGLE]
    with override(spoken(language)):
        text = _(
            "I want to receive %(publication)s by e-mail. I can leave at any time, with one click in each mail. "
            "You store my address, my name if I give it, what I chose here and when, until I leave or ask you to erase it."
        ) % {"publication": publication.name}
        if at_once:
            text += " " + _("No confirmation is asked for by mail: I get %(lists)s at once.") % {"lists": ", ".join(at_once)}
    return text


def form_page(
    request: HttpRequest,
    form: Form,
    values: QueryDict,
    *,
    problem: str = "",
    notice: str = "",
    field: str = "",
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form, filled in with `values`."""
    context = {
        **_shown(form, values, wrong or {}),
        "values": values,
        "holds": values.get("holds") or "publication",
        "wanted_language": values.get("language") or form.language,
        "problem": problem,
        "notice": notice,
        "field": field,
    }
    return own_page(request, "portal/subscribe.html", context, language=form.language, status=status)


def as_html(form: Form) -> str:
    """The form as plain HTML for somebody else's page: no style, no session, and a script that may be left out."""
    base = base_url_of(form.publication)
    context = {
        **_shown(form, QueryDict(), {}),
        "action": absolute(base, "sign_up_form", form=form.made.slug if form.made else ""),
        "script": absolute(base, "subscribe_script"),
        "publication": form.publication,
        "language": form.language,
        "direction": direction_in(form.language, form.publication),
    }
    with override(spoken(form.language)):
        html = render_to_string("portal/embedded.html", context)
    return "\n".join(line for line in html.splitlines() if line.strip())


def _list_choices(form: Form, values: QueryDict) -> list[tuple[MailingList, bool]]:
    """Each list and whether it is ticked: as it came back, else the first."""
    ticked = list_choice.chosen(values, form.offered)
    return [(entry, entry in (form.offered[:1] if ticked is None else ticked)) for entry in form.offered]


def _shown(form: Form, values: QueryDict, wrong: Mapping[str, str]) -> dict[str, Any]:
    given = questions.typed(form.questions, values) if values.get("stamp") or len(values) > 1 else {}
    return {
        "form": form,
        "texts": form.texts,
        "offered": form.offered,
        "list_choices": _list_choices(form, values),
        "questions": questions.shown(form.questions, form.language, given=given, wrong=wrong),
        "languages": settings.LANGUAGES,
        "consent_text": form.consent_text,
    }
