"""The words of the lifecycle as the screens say them (screens.md, section 2), each with a tone for its badge."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from masthead.common.text import digits
from masthead.delivery.models import Campaign
from masthead.issues import lookups, numbering, readiness
from masthead.issues.models import Edition, Issue
from masthead.team.models import User


@dataclass(frozen=True)
class Words:
    """What a badge says. `tone` is good, busy, look, bad or quiet; it never says more than the text."""

    text: str
    tone: str


def number_of(issue: Issue) -> str:
    """ "1971" as printed, taken or planned; "?" where the plan cannot be."""
    if issue.label:
        return issue.label
    try:
        numbers = numbering.expected(issue)
    except numbering.NoNumber:
        return "?"
    first, last = digits(numbers.first, issue.language_code), digits(numbers.last, issue.language_code)
    return first if numbers.first == numbers.last else f"{first}–{last}"


def is_number_of(typed: str, issue: Issue) -> bool:
    """Whether somebody typed the number of `issue`, in whatever digits: ۱۹۷۱ is 1971."""
    return _plain(typed) == _plain(number_of(issue))


def _plain(number: str) -> str:
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in number.strip())


@dataclass(frozen=True)
class Number:
    """What stands where an issue has its number: the number, "" where it cannot be told yet, and what is to be said about it."""

    text: str
    note: str = ""


def number_shown(issue: Issue, *, next_in_line: Collection[int]) -> Number:
    """Of two drafts that would both take the next number only the first shows it: `next_in_line` of `issues.numbering`."""
    if issue.number is not None:
        return Number(number_of(issue))
    if issue.pk in next_in_line:
        return Number(number_of(issue), _("next number"))
    if issue.label or issue.planned_number or issue.planned_last_number or issue.translation_of_id:
        return Number(number_of(issue), _("planned"))
    return Number("", _("number when sent"))


def state_of(issue: Issue, *, now: datetime, newest: Edition | None = None) -> Words:
    """Draft, Ready, Published, Withdrawn. `newest` spares a question where the caller knows it."""
    newest = newest or lookups.versions_of(issue).first()
    if newest is not None and issue.public_from is not None and issue.public_from <= now:
        return Words(_("Published"), "good")
    if newest is not None and issue.public_from is not None:
        return Words(_("Scheduled"), "busy")
    if lookups.tombstone(issue.publication, issue.number) if issue.number else None:
        return Words(_("Withdrawn"), "look")
    if issue.ready_digest and readiness.is_ready(issue):
        return Words(_("Ready"), "busy")
    return Words(_("Draft"), "quiet")


_TONES = {
    Campaign.State.DRAFT: "quiet",
    Campaign.State.SCHEDULED: "busy",
    Campaign.State.PREPARING: "busy",
    Campaign.State.SENDING: "busy",
    Campaign.State.PAUSED: "look",
    Campaign.State.FINISHED: "good",
    Campaign.State.CANCELLED: "look",
}


def campaign_words(campaign: Campaign) -> Words:
    """Not scheduled, Scheduled, Sending …"""
    state = Campaign.State(campaign.state)
    return Words(str(state.label), _TONES[state])


def byline_of(issue: Issue) -> str:
    """The free line, else the names of the contributors."""
    return issue.byline_line or ", ".join(byline.contributor.name for byline in issue.bylines.all())


def name_of(actor: str) -> str:
    """The name behind "staff:3", or the word itself ("system", "command line")."""
    return names_of([actor])[actor]


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The same for several, by one question at most."""
    wanted = set(actors)
    keys = {actor: pk for actor in wanted if (pk := actor.removeprefix("staff:")) != actor and pk.isdecimal()}
    found = {str(user.pk): user.get_full_name() for user in User.objects.filter(pk__in=set(keys.values()))} if keys else {}
    return {actor: found.get(keys.get(actor, ""), actor) for actor in wanted}
