"""Home: what to do next, what is being sent, how the last issue went, what is still to be set up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from masthead.audience import growth
from masthead.audience.models import Subscriber
from masthead.bounces import alarming, reporting
from masthead.bounces import lookups as returns
from masthead.bounces.models import Mailbox
from masthead.delivery.models import Campaign, HeldProvider
from masthead.issues import lookups
from masthead.issues.assigning import publications_of
from masthead.issues.models import Publication
from masthead.team.models import User
from masthead.team.roles import may, requires
from masthead.web.admin.checklist import checklist_of
from masthead.web.admin.health import problems
from masthead.web.admin.sending.progress import MOVING, standing
from masthead.web.admin.staff import staff
from masthead.web.admin.writing.listing import rows_of

#: So many campaigns under way are drawn with their bars; how many more there are is said in words.
SHOWN = 5


@dataclass(frozen=True)
class NextAction:
    """The one thing worth doing now."""

    heading: str
    text: str
    label: str
    url: str


@require_safe
@requires("desk.open")
def home(request: HttpRequest) -> HttpResponse:
    """The first screen after signing in."""
    person, now = staff(request), timezone.now()
    publications = list(publications_of(person))
    sees_sending = may(person, "campaigns.view")
    moving = _under_way(publications) if sees_sending else Campaign.objects.none()
    shown = list(moving[:SHOWN])
    missed = _missed(publications) if sees_sending else Campaign.objects.none()
    last = _last_ended(publications) if sees_sending else None
    drafts = (
        lookups.unpublished()
        .filter(publication__in=publications)
        .select_related("publication")
        .order_by("-latest_revision__created_at", "-id")
    )
    checklist = list(checklist_of(person, publications)) if may(person, "publications.edit") else []
    context = {
        "title": _("Good day, %(name)s") % {"name": person.get_short_name()},
        "publications": publications,
        "moving": [standing(campaign) for campaign in shown],
        "more_moving": moving.count() - len(shown),
        "last": standing(last) if last else None,
        "since": growth.since(moment=last.started_at, lists=last.lists(manager="every").all())
        if last and last.started_at
        else None,
        "problems": problems(person, moving, missed, now=now),
        "may_ask_outside": may(person, "transports.edit"),
        "came_back": reporting.came_back(last) if last else 0,
        "may_see_returns": may(person, "returns.view"),
        "drafts": rows_of(drafts[:5], publications, now=now) if may(person, "issues.write") else [],
        "checklist": checklist,
        "todo_done": sum(todo.done for todo in checklist),
        "next": _next_action(person, publications, moving),
        "readers": Subscriber.objects.filter(subscriptions__state="active").distinct().count()
        if may(person, "readers.view")
        else None,
    }
    return render(request, "web_admin/home.html", context)


def _under_way(publications: list[Publication]) -> QuerySet[Campaign]:
    """Newest first, and all of them: what waits for a person may be the oldest."""
    states = [*MOVING, Campaign.State.PAUSED]
    moving = Campaign.objects.filter(state__in=states, edition__publication__in=publications)
    return moving.select_related("edition__publication", "edition__issue")


def _missed(publications: list[Publication]) -> QuerySet[Campaign]:
    """Those that could not begin when their time came, of issues that nobody has sent otherwise since."""
    others = Campaign.objects.filter(edition__issue=OuterRef("edition__issue")).exclude(state=Campaign.State.DRAFT)
    waiting = Campaign.objects.filter(~Exists(others), state=Campaign.State.DRAFT, edition__publication__in=publications)
    return waiting.exclude(attention="").select_related("edition")


def _last_ended(publications: list[Publication]) -> Campaign | None:
    states = [Campaign.State.FINISHED, Campaign.State.CANCELLED]
    ended = Campaign.objects.filter(state__in=states, edition__publication__in=publications)
    return ended.select_related("edition__publication", "edition__issue").order_by("edition__is_test", "-finished_at").first()


def _next_action(person: User, publications: list[Publication], moving: QuerySet[Campaign]) -> NextAction | None:
    if not publications:
        if not may(person, "publications.edit"):
            return None
        return NextAction(
            _("Make your bulletin"),
            _("Its name, its language and its next number are enough to begin."),
            _("Begin"),
            reverse("desk_welcome_bulletin"),
        )
    paused = moving.filter(state=Campaign.State.PAUSED).first()
    if paused is not None:
        return NextAction(
            _("A sending waits for you"),
            paused.attention or _("It was paused."),
            _("Look at it"),
            reverse("desk_campaign", args=[paused.pk]),
        )
    held = HeldProvider.objects.filter(campaign__in=moving).first()
    if held is not None:
        return NextAction(
            _("A part of a sending waits for you"), held.why, _("Look at it"), reverse("desk_campaign", args=[held.campaign_id])
        )
    refused = Mailbox.objects.filter(refused=True, in_use=True).first() if may(person, "transports.edit") else None
    if refused is not None:
        return NextAction(
            _("The mailbox “%(name)s” cannot be read") % {"name": refused.name},
            refused.trouble,
            _("Look at it"),
            reverse("desk_mailbox", args=[refused.pk]),
        )
    waiting = returns.attention() if may(person, "returns.view") else 0
    if waiting:
        return _about_returns()
    if not may(person, "issues.write"):
        return None
    draft = lookups.unpublished().filter(publication__in=publications).exclude(title="").order_by("-id").first()
    if draft is None:
        return NextAction(
            _("Write the next issue"),
            _("Write it once; it leaves as e-mail, page, text and feed."),
            _("New issue"),
            reverse("issues:add"),
        )
    if may(person, "campaigns.send"):
        heading = _("Send “%(title)s”") if draft.publication.is_live else _("Try “%(title)s”")
        text = (
            _("It is a draft. Look at it once more, then send it to your readers.")
            if draft.publication.is_live
            else _("Look at it, change it, and send it: in test mode it lands in the built-in inbox, where nobody else sees it.")
        )
        return NextAction(heading % {"title": draft.title}, text, _("Open it"), reverse("issues:edit", args=[draft.pk]))
    return NextAction(
        _("Go on with “%(title)s”") % {"title": draft.title},
        _("It is a draft."),
        _("Open it"),
        reverse("issues:edit", args=[draft.pk]),
    )


def _about_returns() -> NextAction:
    """What came back asks for a person: an alarm first, since it gets worse."""
    alarm = returns.open_alarms().first()
    if alarm is not None:
        return NextAction(
            _("A receiver holds something against your mail"),
            alarming.sentence(alarm),
            _("See what to do"),
            reverse("desk_alarms"),
        )
    return NextAction(
        _("What came back needs you"),
        _("Too many dead addresses at once, or a report that could not be read."),
        _("Look at it"),
        reverse("desk_returns"),
    )
