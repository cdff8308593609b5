"""A further campaign of an issue that was sent: to those who joined since, or to those it did not reach.

It sends what readers have: the newest edition as it was frozen, not a draft. `ledger.reach` decides for whom it is, once to be
counted beforehand and once when the audience is taken; nobody gets a second copy by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from masthead.audience.lookups import active_in
from masthead.audience.models import MailingList, Subscriber
from masthead.audit.recording import record
from masthead.delivery import campaigns, narrowing, waking
from masthead.delivery.ledger import reach as reaching
from masthead.delivery.models import ENDED, Campaign
from masthead.delivery.narrowing import EVERYBODY, Narrowing
from masthead.issues import numbering
from masthead.issues.models import Edition, Issue

State = Campaign.State
Reach = Campaign.Reach


class NothingWasSent(Exception):
    """The issue has no campaign that has begun."""

    def __init__(self) -> None:
        super().__init__(_("This issue was not sent yet, so there is nobody to follow up. Send it first."))


class NobodyIsLeft(Exception):
    """There is nobody of that kind on the lists."""

    def __init__(self, reach: str) -> None:
        super().__init__(
            _("Nobody has joined these lists since this issue was sent.")
            if reach == Reach.JOINED
            else _("Nobody on these lists is left whom this issue did not reach.")
        )


@dataclass(frozen=True, slots=True)
class Rest:
    """Readers of some lists who are without an issue: how many a further campaign would be sent to.

    `unknown` may have it or may not, since an answer was lost: no further campaign takes them. Their own campaign does, when a
    person decides so, with the same Message-ID.
    """

    joined: int
    missed: int
    unknown: int


def rest_of(*, issue: Issue, lists: Sequence[MailingList], now: datetime, part: Narrowing = EVERYBODY) -> Rest:
    """Count who is without `issue` on `lists`, or this part of them, now. Raises NothingWasSent and SegmentBroken."""
    last = _last(issue)
    readers, sent = _readers(last, lists, part, now), _alike(last)
    return Rest(
        joined=readers.filter(reaching.condition(Reach.JOINED, sent)).count(),
        missed=readers.filter(reaching.condition(Reach.MISSED, sent)).count(),
        unknown=readers.filter(reaching.unknown(sent)).count(),
    )


def send_to_rest(
    *,
    issue: Issue,
    lists: Sequence[MailingList],
    reach: str,
    starts_at: datetime | None,
    by: str,
    now: datetime,
    part: Narrowing = EVERYBODY,
    policy: str | None = None,
) -> Campaign:
    """Schedule a further campaign of `issue` for those of `lists` whom `reach` names, at `starts_at` (None: now).

    One of the same kind to the same lists that has not ended is answered instead: a repeated click or command makes no second
    one. Mail mode, deadline and (unless given) policy are those of the campaign before.

    Raises NothingWasSent, SegmentBroken, NobodyIsLeft when it would be for nobody, and NoNumber for a withdrawn issue.
    """
    reach = Reach(reach)
    with transaction.atomic():
        # Whoever comes second waits here, and then finds the campaign of the first.
        issue = Issue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
        last = _last(issue)
        if not last.edition.is_test:
            numbering.refuse_withdrawn(issue)
        edition = last.edition
        existing = campaigns.existing_for(issue, lists, part, edition if edition.is_test else None, reach=reach)
        if existing is not None and existing.state not in (*ENDED, State.DRAFT):
            return existing
        wanted = reaching.condition(reach, _alike(last))
        readers = _readers(last, lists, part, now).filter(wanted).count()
        if not readers:
            raise NobodyIsLeft(reach)
        made = Campaign(
            edition=edition if edition.is_test else _newest(issue),
            reach=reach,
            state=State.SCHEDULED,
            mail_mode=last.mail_mode,
            policy=Campaign.Policy(policy or last.policy),
            personal_links=last.personal_links,
            deadline_hours=last.deadline_hours,
            starts_at=starts_at or now,
            by=by,
            created_at=now,
        )
        made.save()
        made.lists.set(lists)
        narrowing.keep(made, part)
        details = {"reach": reach, "readers": readers, "starts_at": (starts_at or now).isoformat()}
        record(action="campaign.followed_up", by=by, now=now, subject=f"campaign:{made.pk}", details=details)
        waking.start_of(made.pk, starts_at or now)
    return made


def _last(issue: Issue) -> Campaign:
    """The newest campaign of the issue that has an audience; a rehearsal only when nothing else was sent."""
    begun = Campaign.objects.filter(edition__issue=issue, started_at__isnull=False).select_related("edition__publication")
    last = begun.order_by("edition__is_test", "-id").first()
    if last is None:
        raise NothingWasSent
    return last


def _alike(last: Campaign) -> list[int]:
    return [*reaching.others_of(last), last.pk]


def _newest(issue: Issue) -> Edition:
    return Edition.objects.filter(issue=issue, is_test=False).latest("version")


def _readers(last: Campaign, lists: Sequence[MailingList], part: Narrowing, now: datetime) -> QuerySet[Subscriber]:
    today = now.astimezone(ZoneInfo(last.edition.publication.time_zone)).date()
    readers = active_in(lists, today=today)
    return readers.filter(part.condition(now)) if part else readers
