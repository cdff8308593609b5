"""How lists grow and shrink: who joined, who left, whose address died, by day, week or month (UTC).

What was taken back does not count: neither the act, on its own day, nor that by which it was taken back. An import, an action on
many readers and a merge are taken back by an act of a kind of its own, under the same name; a reader's leaving by the reader's
pressing "undo"; a round of questions by its adding again whom it took off, or by their answer. To say yes to it is no joining.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from masthead.audience.consent import UNDO, UNDO_WITHIN
from masthead.audience.models import ConsentEvent, MailingList, Reconfirmation, Subscription
from masthead.mail.models import Suppression

Kind = ConsentEvent.Kind
_JOINED = (Kind.CONFIRMED, Kind.IMPORTED, Kind.ADDED)
_LEFT = (Kind.WITHDRAWN, Kind.COMPLAINED)
#: A leaving is taken back by these, which say that somebody is on the list and are no joining.
_BY_A_ROUND = Q(kind__in=(Kind.CONFIRMED, Kind.ADDED), how__startswith=f"{Reconfirmation.HOW} ")
_BY_THE_READER = Q(kind=Kind.CONFIRMED, how=UNDO)
_PUT_BACK = _BY_THE_READER | _BY_A_ROUND
_TAKES_BACK = Q(kind=Kind.UNDONE) | _PUT_BACK


class Step(StrEnum):
    """How much time one period holds."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


#: How many periods are looked back on.
PERIODS = {Step.DAY: 30, Step.WEEK: 26, Step.MONTH: 24}

#: So many acts are read when somebody looks back to one moment: an import of a million after an issue is not counted to its end.
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Period:
    """What happened in the time that begins with `first`. `bounced`: on the list, and suppressed since as a dead address."""

    first: date
    joined: int = 0
    left: int = 0
    bounced: int = 0


@dataclass(frozen=True, slots=True)
class AtLeast:
    """How many readers; `is_more` where it was not counted further."""

    count: int
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """Who came and who went since some moment."""

    joined: AtLeast
    left: AtLeast


def by_list(*, now: datetime, step: Step = Step.DAY, lists: Iterable[MailingList] | None = None) -> dict[int, list[Period]]:
    """The periods of each list, the oldest first, also those in which nothing happened. Two queries, however many lists."""
    firsts = _firsts(now.date(), step)
    begin = datetime.combine(firsts[0], time(), UTC)
    found = MailingList.objects.all() if lists is None else MailingList.objects.filter(pk__in=[each.pk for each in lists])
    wanted = list(found.order_by("pk").values_list("pk", flat=True))
    counted: dict[int, dict[date, list[int]]] = {pk: {} for pk in wanted}
    events = ConsentEvent.objects.filter(at__gte=begin, list__in=wanted, kind__in=(*_JOINED, *_LEFT, Kind.UNDONE)).order_by()
    any_taken_back = False
    for pk, day, joined, left, takes_back in _by_day(events):
        row = counted[pk].setdefault(_first(day, step), [0, 0, 0])
        row[0] += joined
        row[1] += left
        any_taken_back = any_taken_back or takes_back > 0
    for pk, day, joined, left, _takes_back in _by_day(events.filter(pk__in=_taken_back(events))) if any_taken_back else ():
        row = counted[pk][_first(day, step)]
        row[0] -= joined
        row[1] -= left
    dead = Suppression.objects.filter(reason=Suppression.Reason.BOUNCED, created_at__gte=begin)
    standing = Subscription.objects.filter(
        list__in=wanted, state=Subscription.State.ACTIVE, subscriber__fingerprint__in=dead.values("fingerprint")
    ).order_by()
    when = Subquery(dead.filter(fingerprint=OuterRef("subscriber__fingerprint")).values("created_at")[:1])
    for pk, day, bounced in (
        standing.annotate(day=TruncDate(when, tzinfo=UTC)).values_list("list_id", "day").annotate(bounced=Count("pk"))
    ):
        counted[pk].setdefault(_first(day, step), [0, 0, 0])[2] += bounced
    return {pk: _filled(firsts, counted[pk]) for pk in wanted}


def since(*, moment: datetime, lists: Iterable[MailingList]) -> Since:
    """Who joined or left one of `lists` from `moment` on, each reader once. Two queries, of at most `MOST_COUNTED` acts each."""
    wanted = [each.pk for each in lists]
    events = ConsentEvent.objects.filter(at__gte=moment, list__in=wanted).order_by("at")
    # Each looks for what took it back by itself: of a million no more than are counted.
    later = ConsentEvent.objects.filter(subscriber=OuterRef("subscriber"), list=OuterRef("list"), pk__gt=OuterRef("pk"))
    undone = Q(kind=Kind.UNDONE, how=OuterRef("how"))
    put_back = _BY_THE_READER & Q(at__lt=OuterRef("at") + UNDO_WITHIN) | _BY_A_ROUND & Q(how=OuterRef("how"))
    joined = events.filter(~Exists(later.filter(undone)), ~_PUT_BACK, kind__in=_JOINED)
    left = events.filter(~Exists(later.filter(undone | put_back)), kind__in=_LEFT)
    return Since(joined=_readers(joined), left=_readers(left))


def _by_day(events: QuerySet[ConsentEvent]) -> QuerySet[ConsentEvent, tuple[int, date, int, int, int]]:
    """List, day, and how many of `events` joined, left, and took another back."""
    days = events.annotate(day=TruncDate("at", tzinfo=UTC)).values_list("list_id", "day")
    return days.annotate(
        joined=Count("pk", filter=Q(kind__in=_JOINED) & ~_PUT_BACK),
        left=Count("pk", filter=Q(kind__in=_LEFT)),
        takes_back=Count("pk", filter=_TAKES_BACK),
    )


def _taken_back(events: QuerySet[ConsentEvent]) -> QuerySet[ConsentEvent, dict[str, Any]]:
    """The ids of acts that were taken back, found from what took them back: that is little beside an import of a million."""
    act = "subscriber__consent_events"
    alike, lately = Q(**{f"{act}__how": F("how")}), Q(**{f"{act}__at__gt": F("at") - UNDO_WITHIN})
    put_back = _BY_A_ROUND & alike | _BY_THE_READER & lately
    pair = Q(kind=Kind.UNDONE) & alike | put_back & Q(**{f"{act}__kind__in": _LEFT})
    same = {f"{act}__list": F("list"), f"{act}__pk__lt": F("pk")}
    found: QuerySet[ConsentEvent, dict[str, Any]] = events.filter(_TAKES_BACK, pair, **same).values(f"{act}__pk")
    return found


def _readers(events: QuerySet[ConsentEvent]) -> AtLeast:
    found = list(events.values_list("subscriber_id", flat=True)[: MOST_COUNTED + 1])
    return AtLeast(len(set(found[:MOST_COUNTED])), is_more=len(found) > MOST_COUNTED)


def together(of_lists: Iterable[list[Period]]) -> list[Period]:
    """The sums over several lists. Who joined two of them is counted twice: these are subscriptions."""
    columns = list(zip(*of_lists, strict=True))
    return [
        Period(
            column[0].first,
            sum(each.joined for each in column),
            sum(each.left for each in column),
            sum(each.bounced for each in column),
        )
        for column in columns
    ]


def _filled(firsts: list[date], counted: Mapping[date, list[int]]) -> list[Period]:
    return [Period(first, *counted.get(first, (0, 0, 0))) for first in firsts]


def _first(day: date, step: Step) -> date:
    """The day with which the period of `day` begins: weeks begin on Monday (ISO 8601)."""
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step is Step.MONTH else day


def _firsts(today: date, step: Step) -> list[date]:
    found = [_first(today, step)]
    while len(found) < PERIODS[step]:
        found.append(_first(found[-1] - timedelta(days=1), step))
    return found[::-1]
