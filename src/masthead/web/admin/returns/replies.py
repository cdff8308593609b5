"""What readers answered: the list, one of them as text, and to whom replies are passed on.

Names and addresses are shown to those who may see readers; whoever may only read replies sees the words, with addresses made
unrecognisable. What came in is hostile: it is text alone, nothing of it is rendered, nothing in it is fetched (S23).
"""

from __future__ import annotations

from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from masthead.bounces import lookups
from masthead.bounces.findings import masked_all
from masthead.bounces.models import RepliesGoTo, Reply
from masthead.bounces.replies import keeping
from masthead.common.addresses import BadAddress, normalise
from masthead.delivery.models import Campaign
from masthead.issues.assigning import publications_of
from masthead.issues.models import Publication
from masthead.team.roles import may, requires
from masthead.web.admin.staff import staff

A_PAGE = 50


class GoToForm(forms.Form):
    """Who gets the replies to one publication."""

    address = forms.CharField(
        label=gettext_lazy("Pass replies on to"),
        required=False,
        max_length=320,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=gettext_lazy("An address of a person, not one that Masthead reads. Empty: replies stay here."),
    )


@require_safe
@requires("replies.read")
def replies(request: HttpRequest) -> HttpResponse:
    """The newest first; of one issue, or only what nobody has read."""
    return _list(request)


@require_safe
@requires("replies.read")
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them."""
    found = _find(request, pk)
    sees = may(request.user, "readers.view")
    words, quoted = _parted(found.text if sees else masked_all(found.text))
    context = {
        "title": found.subject or _("(no subject)"),
        "reply": found,
        "words": words,
        "quoted": quoted,
        "sees_readers": sees,
        "answer": _answer(found) if sees else "",
        "may_see_returns": may(request.user, "returns.view"),
    }
    return render(request, "web_admin/returns/reply.html", context)


@require_POST
@requires("replies.read")
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Read, or new again."""
    found, read = _find(request, pk), request.POST.get("act") != "new"
    keeping.mark(reply=found, read=read, by=staff(request).actor, now=timezone.now())
    return redirect("desk_replies")


@require_POST
@requires("publications.edit")
def go_to(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on replies to this publication are passed on there."""
    publication = get_object_or_404(publications_of(staff(request)), pk=pk)
    form = GoToForm(request.POST, prefix=str(pk))
    if form.is_valid():
        address = form.cleaned_data["address"]
        try:
            keeping.pass_on_to(publication=publication, address=address, by=staff(request).actor, now=timezone.now())
        except keeping.BadEditorAddress as error:
            form.add_error("address", str(error))
        else:
            said = _("Replies to %(name)s are passed on from now on.") if address else _("Replies to %(name)s stay at the desk.")
            messages.success(request, said % {"name": publication.name})
            return redirect("desk_replies")
    return _list(request, form, publication)


def _list(request: HttpRequest, form: GoToForm | None = None, of: Publication | None = None) -> HttpResponse:
    own = publications_of(staff(request))
    found = lookups.replies(own)
    campaign = _campaign(request)
    if campaign is not None:
        found = found.filter(campaign=campaign)
    only_new = request.GET.get("new") == "1"
    if only_new:
        found = found.filter(read_at=None)
    context = {
        "title": _("Replies"),
        "here": "replies",
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("p")),
        "campaign": campaign,
        "only_new": only_new,
        "sees_readers": may(request.user, "readers.view"),
        "may_see_returns": may(request.user, "returns.view"),
        "forms": _forms(own, form, of) if may(request.user, "publications.edit") else [],
    }
    return render(request, "web_admin/returns/replies.html", context)


def _forms(own: QuerySet[Publication], form: GoToForm | None, of: Publication | None) -> list[tuple[Publication, GoToForm]]:
    known = dict(RepliesGoTo.objects.filter(publication__in=own).values_list("publication", "address"))
    return [
        (
            each,
            form
            if form is not None and each == of
            else GoToForm(initial={"address": known.get(each.pk, "")}, prefix=str(each.pk)),
        )
        for each in own
    ]


def _campaign(request: HttpRequest) -> Campaign | None:
    number = request.GET.get("issue", "")
    own = Campaign.objects.filter(edition__publication__in=publications_of(staff(request))).select_related("edition")
    return own.filter(pk=number).first() if number.isascii() and number.isdigit() and len(number) < 19 else None


def _find(request: HttpRequest, pk: int) -> Reply:
    return get_object_or_404(lookups.replies(publications_of(staff(request))), pk=pk)


def _parted(text: str) -> tuple[str, str]:
    """The words, and what they quote at their end (lines with a >)."""
    lines = text.split("\n")
    end = len(lines)
    while end and (lines[end - 1].startswith(">") or not lines[end - 1].strip()):
        end -= 1
    quoted = "\n".join(lines[end:]).strip()
    return ("\n".join(lines[:end]), quoted) if end else (text, "")


def _answer(found: Reply) -> str:
    """A link that opens the answer in the person's own mail program; empty when the address is none (RFC 6068)."""
    try:
        address = normalise(found.sender).ascii
    except BadAddress:
        return ""
    subject = found.subject if found.subject.lower().startswith("re:") else f"Re: {found.subject}"
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}"
