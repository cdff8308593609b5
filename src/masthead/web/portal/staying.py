"""The page that a re-confirmation leads to: stay or leave, each by a button; opening it changes nothing (security rule S13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from masthead.audience import reconfirming
from masthead.audience.models import Question, Subscription
from masthead.common.addresses import mask
from masthead.issues.models import Publication
from masthead.web.budgets import TOKENS
from masthead.web.forms import by_token
from masthead.web.limits import spends
from masthead.web.page import for_publication
from masthead.web.portal.frame import gone, own_page


@require_http_methods(["GET", "HEAD", "POST"])
@by_token
@spends(TOKENS)
@for_publication
def stay(request: HttpRequest, publication: Publication, token: str) -> HttpResponse:
    """Two buttons. A mail program may post, too, to leave by one click (RFC 8058)."""
    question = reconfirming.question_of(token)
    if question is None:
        return gone(request, expired=False)
    reader = question.subscriber
    if reader is None:
        return own_page(request, "portal/erased_link.html")
    now, action = timezone.now(), request.POST.get("action", "") if request.method == "POST" else ""
    name = question.reconfirmation.list.name
    done = ""
    if action == "keep":
        text = _("I want to go on getting %(list)s by e-mail.") % {"list": name}
        done = "kept" if reconfirming.keep(question=question, text=text, now=now) else "gone"
    elif action == "leave" or request.POST.get("List-Unsubscribe") == "One-Click":
        reconfirming.leave(question=question, now=now)
        done = "left"
    elif not _may_answer(question):
        done = "gone"
    elif question.state == Question.State.KEPT:
        done = "kept"
    context = {"address_masked": mask(reader.address), "list_name": name, "done": done}
    return own_page(request, "portal/stay.html", context, reader=reader)


def _may_answer(question: Question) -> bool:
    reader, on = question.subscriber, Subscription.State.ACTIVE
    active = reader is not None and reader.subscriptions.filter(list=question.reconfirmation.list, state=on).exists()
    return active or question.state == Question.State.TAKEN_OFF
