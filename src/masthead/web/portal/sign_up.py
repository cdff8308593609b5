"""Subscribing: the form, the page that says where to look, the button that confirms."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from masthead.audience import consent
from masthead.audience.models import Attribute, MailingList, SignUpForm
from masthead.common.addresses import BadAddress, mask, normalise
from masthead.common.urls import absolute
from masthead.issues import lookups
from masthead.issues.models import Publication
from masthead.issues.publications import base_url_of, sender_of
from masthead.web import list_choice
from masthead.web.budgets import SIGN_UP, SIGN_UP_PROVED, TOKENS
from masthead.web.forms import STAMP_FIELD, TooSoon, by_token, check_stamp, embeddable, from_elsewhere, is_machine, stateless
from masthead.web.limits import PROVED, spends
from masthead.web.middleware import spoken
from masthead.web.page import for_publication, here
from masthead.web.portal import questions, tracking_form
from masthead.web.portal.frame import gone, offered_lists, own_page, why_not
from masthead.web.portal.preferences_form import choices
from masthead.web.portal.sign_up_page import Form, form_of, form_page
from masthead.web.portal.webmail import webmail_of

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@stateless
@spends(SIGN_UP, proved=SIGN_UP_PROVED)
@for_publication
def subscribe(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The publication's own form; when it was sent, what to look for in the inbox, alike for every address (rule S12)."""
    offered = offered_lists(publication)
    if not offered:
        return own_page(request, "portal/no_lists.html")
    questions = list(Attribute.objects.filter(at_sign_up=True))
    return _answer(request, Form(publication, offered, questions, publication.language))


@require_http_methods(_METHODS)
@embeddable
@spends(SIGN_UP, proved=SIGN_UP_PROVED)
@for_publication
def sign_up_form(request: HttpRequest, publication: Publication, form: str) -> HttpResponse:
    """A form of the desk's, on our page or sent from somebody else's.

    One that was deleted, or all lists of which were, leads to the publication's own.
    """
    made = SignUpForm.objects.filter(slug=form).first()
    if made is None or not made.lists.exists():
        return HttpResponseRedirect(here(request, "subscribe"))
    return _answer(request, form_of(made, publication, request.GET.get("lang") or request.POST.get("lang") or ""))


@require_http_methods(_METHODS)
@by_token
@spends(TOKENS)
@for_publication
def confirm(request: HttpRequest, publication: Publication, token: str) -> HttpResponse:
    """A page with a button; opening it changes nothing, since scanners open links. The button confirms."""
    now = timezone.now()
    try:
        if request.method == "POST":
            confirmed = consent.confirm(
                token=token,
                now=now,
                notice=sender_of(publication),
                without_tracking=request.POST.get("tracking") == "no",
            )
            newest = lookups.newest(publication, now=now)
            context: dict[str, Any] = {"confirmed": confirmed, "newest": newest}
            return own_page(request, "portal/welcome.html", context, reader=confirmed.subscriber)
        waiting = consent.peek(token=token, now=now)
    except consent.UnknownLink:
        return gone(request, expired=False)
    except consent.LinkExpired:
        return gone(request, expired=True)
    context = {"waiting": waiting, "address_masked": mask(waiting.subscriber.address)}
    return own_page(request, "portal/confirm.html", context, reader=waiting.subscriber)


def _answer(request: HttpRequest, form: Form) -> HttpResponse:
    with override(spoken(form.language)):
        if request.method != "POST":
            return form_page(request, form, QueryDict(urlencode({"address": request.GET.get("address", "")[:320]})))
        if form.made and from_elsewhere(request) and not _is_proved(request):
            notice = _("One more click: look over what you typed and press the button.")
            return form_page(request, form, request.POST, notice=notice)
        try:
            check_stamp(request)
            return _ask(request, form)
        except TooSoon:
            problem = _("That was very quick, or the page was open for very long. Please press the button once more.")
            return form_page(request, form, request.POST, problem=problem)
        except BadAddress as error:
            return form_page(request, form, request.POST, problem=why_not(error), field="address", status=400)
        except _NoList:
            problem = _("Choose at least one of what we offer.")
            return form_page(request, form, request.POST, problem=problem, field="lists", status=400)
        except _BadAnswers as error:
            problem = _("Please look at the marked answers.")
            return form_page(request, form, request.POST, problem=problem, wrong=error.wrong, status=400)


def _is_proved(request: HttpRequest) -> bool:
    """The script of the form did its work, which brings the signed time, too."""
    return bool(getattr(request, PROVED, False) and request.POST.get(STAMP_FIELD))


class _NoList(ValueError):
    """A choice of lists was offered, and none was made."""


class _BadAnswers(ValueError):
    """What is wrong, by the key of the question."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(", ".join(wrong))
        self.wrong = wrong


def _ask(request: HttpRequest, form: Form) -> HttpResponse:
    publication = form.publication
    address = request.POST.get("address", "")[:1000]
    checked = normalise(address)
    given, wrong = questions.checked(form.questions, questions.typed(form.questions, request.POST))
    if wrong:
        raise _BadAnswers(wrong)
    sender = sender_of(publication)
    # The short form asks nothing but the address: it means the first list. Who unticks all of the long one means none.
    chosen = list_choice.chosen(request.POST, form.offered)
    if chosen is None:
        chosen = list(form.offered[:1])
    if not chosen:
        raise _NoList
    if is_machine(request):
        # It gets the answer everybody gets, and nothing happens.
        asked = consent.Requested(mask(checked.address), "", sender.address)
    else:
        fields = choices(request.POST)
        asked = consent.request(
            address=address,
            lists=chosen,
            text="\n\n".join(part for part in (form.texts.get("intro", ""), form.consent_text) if part),
            how=form.how,
            sender=sender,
            confirm_url=lambda token: absolute(base_url_of(publication), "confirm", token=token),
            now=timezone.now(),
            name=request.POST.get("name", "")[:200] if form.asks_name else "",
            language=fields["language"] or form.language,
            mail_format=fields["mail_format"],
            mail_mode=fields["mail_mode"],
            attributes=given,
            tracking=tracking_form.agreed(publication, request.POST.get("tracking", ""), form.language, form.how),
        )
    at_once = all(entry.opt_in == MailingList.OptIn.SINGLE for entry in chosen)
    context = {"asked": asked, "webmail": webmail_of(checked.address), "texts": form.texts, "at_once": at_once}
    return own_page(request, "portal/check_inbox.html", context, language=form.language)
