"""The mails of a round of re-confirmation: no more of them than the round and the relay's limits allow.

A mail is queued by the commit that marks the reader as asked. Whose mail was given up, since no relay took it in a day, was not
asked, and is asked again: nobody is taken off a list for not answering what never left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from masthead.audience import messages
from masthead.audience.models import Question, Reconfirmation, Subscriber, Subscription
from masthead.common.addresses import normalise
from masthead.common.urls import absolute
from masthead.mail import sealing, suppressions
from masthead.mail.models import SingleMail
from masthead.mail.models.single_mail import OPEN
from masthead.mail.passwords import SealedUnderAnotherKeyError
from masthead.mail.room import Room
from masthead.mail.sender import Sender
from masthead.mail.transports.choosing import NoWayOut

log = logging.getLogger(__name__)

Answer = Question.State
_KIND = "stay"
#: So many of a round may wait for a relay that is slow or away. They are given up after a day; it is no use to queue more.
_MOST_UNDER_WAY = 200
#: So many readers are looked at for those whose provider has room.
_LOOKED_AT = 2_000


def ask_and_remind(run: Reconfirmation, *, clock: Callable[[], datetime], stopping: Callable[[], bool]) -> int:
    """As many mails as a minute may have: first those who were never asked, then those to be reminded."""
    _take_back_given_up(run)
    try:
        room = Room(sender=Sender(**run.sender), now=clock())
    except (NoWayOut, SealedUnderAnotherKeyError) as error:
        log.warning("%s waits: %s", run.how, error)
        return 0
    left = min(run.per_minute, max(run.per_minute, _MOST_UNDER_WAY) - _under_way(run).count())
    waiting = run.questions.filter(state=Answer.WAITING)
    queued = _mail_some(run, waiting, Answer.WAITING, Answer.ASKED, run.days, room, left, clock, stopping)
    # After an outage there may be no day left: a reminder would come with the goodbye.
    if run.remind_after is not None and (days := _days_left(run, clock())) > 0:
        due = run.questions.filter(state=Answer.ASKED, asked_at__lte=clock() - timedelta(days=run.remind_after))
        queued += _mail_some(run, due, Answer.ASKED, Answer.REMINDED, days, room, left - queued, clock, stopping)
    return queued


def is_under_way(run: Reconfirmation) -> bool:
    """Whether a mail that asks has not left yet."""
    last = _last_asked(run)
    return last is not None and _under_way(run).filter(created_at__lte=last).exists()


def ends_at(run: Reconfirmation, now: datetime) -> datetime:
    """When who does not answer is taken off, by whoever was asked last so far."""
    return run.closes_at or (_last_asked(run) or now) + timedelta(days=run.days)


def _last_asked(run: Reconfirmation) -> datetime | None:
    return run.questions.exclude(asked_at=None).order_by("-asked_at").values_list("asked_at", flat=True).first()


def _days_left(run: Reconfirmation, now: datetime) -> int:
    """The days, rounded, until who does not answer is taken off; while some were not asked yet, as many as everybody has."""
    if run.questions.filter(state=Answer.WAITING).exists():
        return run.days
    return (ends_at(run, now) - now + timedelta(hours=12)).days


def _under_way(run: Reconfirmation) -> QuerySet[SingleMail]:
    return SingleMail.objects.filter(kind=_KIND, state__in=OPEN, created_at__gte=run.started_at)


def _take_back_given_up(run: Reconfirmation) -> None:
    """Whose mail was given up waits again. The mail is the one that was made at the moment when the reader was asked."""
    given_up = SingleMail.objects.filter(kind=_KIND, state=SingleMail.State.EXPIRED, created_at__gte=run.started_at)
    for to, at in given_up.values_list("envelope_to", "created_at"):
        asked = run.questions.filter(state=Answer.ASKED, asked_at=at).select_related("subscriber")
        for question in asked:
            if question.subscriber is None or normalise(question.subscriber.address).ascii != to:
                continue
            with transaction.atomic():
                mine = Question.objects.filter(pk=question.pk, state=Answer.ASKED)
                if mine.update(state=Answer.WAITING, asked_at=None):
                    Reconfirmation.objects.filter(pk=run.pk).update(closes_at=None)
                    run.closes_at = None


def _mail_some(
    run: Reconfirmation,
    questions: QuerySet[Question],
    before: str,
    after: str,
    days: int,
    room: Room,
    most: int,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> int:
    queued = 0
    if most <= 0 or room.is_full:
        return 0
    for question in questions.order_by("pk").select_related("subscriber")[: max(most, _LOOKED_AT)]:
        if queued >= most or room.is_full or stopping():
            break
        queued += _mail(run, question, before, after, days, room, clock())
    return queued


def _mail(run: Reconfirmation, question: Question, before: str, after: str, days: int, room: Room, now: datetime) -> int:
    """Ask one reader, once: the state and the mail are one commit."""
    reader = question.subscriber
    with transaction.atomic():
        mine = Question.objects.filter(pk=question.pk, state=before)
        if reader is None or not _may_be_asked(run, reader):
            gone = Answer.SKIPPED if before == Answer.WAITING else Answer.LEFT
            mine.update(state=gone, settled_at=now)
            return 0
        if not room.take(reader.domain):
            return 0
        changes = {"state": after} if before == Answer.ASKED else {"state": after, "asked_at": now}
        if mine.update(**changes) == 0:
            return 0
        link = absolute(run.sender["base_url"], "stay", token=sealing.seal(sealing.STAY, question.pk))
        messages.stay(
            lists=[run.list],
            reader=reader,
            link=link,
            days=days,
            to=reader.address,
            sender=Sender(**run.sender),
            language=reader.language,
            now=now,
        )
    return 1


def _may_be_asked(run: Reconfirmation, reader: Subscriber) -> bool:
    active = reader.subscriptions.filter(list=run.list, state=Subscription.State.ACTIVE).exists()
    return active and suppressions.find(bytes(reader.fingerprint), reader.domain) is None
