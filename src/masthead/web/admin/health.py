"""The lamp of Home: one line that says whether all is well, or what is not and where it can be mended.

Only what is known already: nothing here asks the DNS or a mail server, which `masthead doctor` and its screen do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from masthead.bounces import alarming
from masthead.bounces import lookups as returns
from masthead.bounces.models import Mailbox
from masthead.delivery import trouble
from masthead.delivery.models import Campaign, HeldProvider
from masthead.mail.models import SingleMail
from masthead.mail.transports import configuring
from masthead.team.models import User
from masthead.team.roles import may

#: What is due is done within seconds; after so long nobody works.
STANDS_STILL = timedelta(minutes=10)


@dataclass(frozen=True)
class Problem:
    """One thing that is not well. `url` is "" where no screen mends it."""

    text: str
    url: str


def problems(person: User, moving: QuerySet[Campaign], missed: QuerySet[Campaign], *, now: datetime) -> list[Problem]:
    """What is not well of what `person` may see, the worst first. `moving` are their campaigns under way, `missed` not begun."""
    found: list[Problem] = []
    if may(person, "campaigns.view"):
        found += [*_missed(missed), *_sendings(moving, now)]
    if may(person, "transports.edit"):
        found += [*_queue(now), *_servers(now), *_mailboxes()]
    if may(person, "returns.view"):
        found += _returns()
    return found


def _missed(missed: QuerySet[Campaign]) -> Iterator[Problem]:
    for campaign in missed[:20]:
        said = _("No. %(number)s was not sent when its time came") % {"number": campaign.edition.label}
        yield Problem(said, reverse("desk_campaign", args=[campaign.pk]))


def _sendings(moving: QuerySet[Campaign], now: datetime) -> Iterator[Problem]:
    for campaign in moving[:20]:
        url, said = reverse("desk_campaign", args=[campaign.pk]), {"number": campaign.edition.label}
        if words := trouble.words_for(campaign.pk):
            yield Problem(words, url)
        elif campaign.state == Campaign.State.PAUSED:
            yield Problem(_("The sending of No. %(number)s is paused") % said, url)
        elif campaign.state == Campaign.State.SCHEDULED and campaign.starts_at and campaign.starts_at < now - STANDS_STILL:
            yield Problem(_("The sending of No. %(number)s has not begun in time: is a worker running?") % said, url)
    held = HeldProvider.objects.filter(campaign__in=moving).exclude(campaign__state=Campaign.State.PAUSED).first()
    if held is not None:
        yield Problem(_("A part of a sending waits for you"), reverse("desk_campaign", args=[held.campaign_id]))


def _queue(now: datetime) -> Iterator[Problem]:
    due = SingleMail.objects.filter(state=SingleMail.State.QUEUED, next_try_at__lt=now - STANDS_STILL)
    waiting = due.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    if waiting is not None:
        minutes = int((now - waiting) / timedelta(minutes=1))
        said = ngettext(
            "A mail has been due for %(n)d minute: is a worker running?",
            "A mail has been due for %(n)d minutes: is a worker running?",
            minutes,
        )
        yield Problem(said % {"n": minutes}, reverse("desk_transports"))


def _servers(now: datetime) -> Iterator[Problem]:
    for server in configuring.own_servers().filter(in_use=True, rests_until__gt=now):
        yield Problem(_("The mail server “%(name)s” cannot be used") % {"name": server.name}, reverse("desk_transports"))


def _mailboxes() -> Iterator[Problem]:
    for box in Mailbox.objects.filter(refused=True, in_use=True):
        said = _("The mailbox “%(name)s” cannot be read") % {"name": box.name}
        yield Problem(said, reverse("desk_mailbox", args=[box.pk]))


def _returns() -> Iterator[Problem]:
    alarm = returns.open_alarms().first()
    if alarm is not None:
        yield Problem(alarming.sentence(alarm), reverse("desk_alarms"))
    elif returns.attention():
        yield Problem(_("What came back needs you"), reverse("desk_returns"))
