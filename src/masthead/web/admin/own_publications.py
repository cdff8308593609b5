"""Keeps members of staff who are limited to some publications away from everything of the others.

One gate in front of all screens of the desk, not a line in each: `SUBJECTS` says for every route with a number in it what that
number is. What belongs to a publication of somebody else answers like what does not exist (404). A test reads the routes, so
that a new screen must say what it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from masthead.audience.models import MailingList, Reconfirmation, Subscriber, Subscription
from masthead.bounces.models import Alarm, Reply
from masthead.delivery.models import Campaign
from masthead.issues.assigning import limited_to
from masthead.issues.models import Issue, Publication
from masthead.team.models import User
from masthead.web.middleware import is_desk

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: What the `pk` of a route belongs to: the lookup of its publication.
_ISSUE = (Issue, "publication__in")
_CAMPAIGN = (Campaign, "edition__publication__in")
_ALARM = (Alarm, "campaign__edition__publication__in")
_PUBLICATION = (Publication, "pk__in")
_REPLY = (Reply, "publication__in")
#: A list of no publication is everybody's.
_LIST = (MailingList, "publications__in")
_RECONFIRMATION = (Reconfirmation, "list__publications__in")
SUBJECTS: dict[str, tuple[type[Model], str]] = {
    "issues": _ISSUE,  # the whole namespace of the editor
    "desk_look": _ISSUE,
    "desk_looks": _ISSUE,
    "desk_issue_copy": _ISSUE,
    "desk_findings": _ISSUE,
    "desk_correct": _ISSUE,
    "desk_withdraw": _ISSUE,
    "desk_send": _ISSUE,
    "desk_send_domain": _ISSUE,
    "desk_send_audience": _ISSUE,
    "desk_send_checks": _ISSUE,
    "desk_send_test": _ISSUE,
    "desk_dry_run": _ISSUE,
    "desk_check_links": _ISSUE,
    "desk_dry_run_news": _ISSUE,
    "desk_spam_score": _ISSUE,
    "desk_spam_score_news": _ISSUE,
    "wagtailsnippetchoosers_issues_issue": _ISSUE,
    "desk_campaign": _CAMPAIGN,
    "desk_campaign_news": _CAMPAIGN,
    "desk_campaign_act": _CAMPAIGN,
    "desk_campaign_rest": _CAMPAIGN,
    "desk_report_of_issue": _CAMPAIGN,
    "desk_report_export": _CAMPAIGN,
    "desk_report_clicks": _CAMPAIGN,
    "desk_report_readers": _CAMPAIGN,
    "desk_returns_issue": _CAMPAIGN,
    "desk_returns_decide": _CAMPAIGN,
    "desk_alarm_settle": _ALARM,
    "desk_publication": _PUBLICATION,
    "desk_publication_mode": _PUBLICATION,
    "desk_design": _PUBLICATION,
    "desk_design_verdict": _PUBLICATION,
    "desk_design_look": _PUBLICATION,
    "desk_quiet_hours": _PUBLICATION,
    "desk_replies_go_to": _PUBLICATION,
    "desk_reply": _REPLY,
    "desk_reply_mark": _REPLY,
    "desk_list": _LIST,
    "desk_list_delete": _LIST,
    "desk_list_mails": _LIST,
    "desk_list_welcome": _LIST,
    "desk_list_mail": _LIST,
    "desk_reconfirm": _LIST,
    "desk_reconfirmation": _RECONFIRMATION,
    "desk_reconfirmation_news": _RECONFIRMATION,
    "desk_reconfirmation_act": _RECONFIRMATION,
}


class OwnPublicationsMiddleware:
    """404 for what belongs to a publication that the person does not work on."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> None:
        """Raise Http404 before the view looks at anything."""
        if not is_desk(request) or not isinstance(request.user, User):
            return
        match = request.resolver_match
        subject = subject_of(match.namespaces[0] if match and match.namespaces else (match.url_name if match else ""))
        many = match is not None and match.url_name in _MANY
        if subject is None and not many:
            return
        limit = limited_to(request.user)
        if limit is None:
            return
        if many:
            raise Http404  # the shell's own acts on many rows at once: our screens do not lead there
        if subject is not None and "pk" in kwargs and not _among(subject, str(kwargs["pk"]), limit):
            raise Http404


def readers_known_to(person: User) -> QuerySet[Subscriber]:
    """The readers an issue may be looked at as; for who is limited those on a list of their publications, or of none."""
    limit = limited_to(person)
    if limit is None:
        return Subscriber.objects.all()
    lists = lists_known_to(person)
    return Subscriber.objects.filter(Exists(Subscription.objects.filter(subscriber=OuterRef("pk"), list__in=lists)))


def lists_known_to(person: User) -> QuerySet[MailingList]:
    """The lists a person works with: all; for who is limited those of their publications, and those of none."""
    limit = limited_to(person)
    if limit is None:
        return MailingList.objects.all()
    return MailingList.objects.filter(Q(publications__in=limit) | Q(publications=None)).distinct()


def is_shared_with_others(person: User, mailing_list: MailingList) -> bool:
    """Whether the list belongs to a publication, too, that the person does not work on."""
    limit = limited_to(person)
    return limit is not None and mailing_list.publications.exclude(pk__in=[each.pk for each in limit]).exists()


#: Routes of the shell that take rows by a query: nothing of ours leads there.
_MANY = frozenset({"wagtail_bulk_action"})


def subject_of(name: str | None) -> tuple[type[Model], str] | None:
    """What a route (or its first namespace) is about, if that belongs to a publication."""
    return SUBJECTS.get(name or "")


def _among(subject: tuple[type[Model], str], pk: str, limit: list[Publication]) -> bool:
    model, lookup = subject
    rows: QuerySet[Model] = model._default_manager.all()
    theirs = Q(**{lookup: [one.pk for one in limit]})
    if lookup.endswith("publications__in"):
        theirs |= Q(**{lookup.removesuffix("__in"): None})
    return pk.isdecimal() and len(pk) < 18 and rows.filter(theirs, pk=int(pk)).exists()
