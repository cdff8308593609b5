"""Re-confirmation: readers of old are asked whether they want to stay; who does not answer in time is taken off, never deleted.

A round is worked in small steps by `work`, each reader in a transaction of its own (`asking`), so a process killed in between
asks nobody twice and forgets nobody. The rows always add up (`standing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from masthead.audience import asking, consent, staying
from masthead.audience.lookups import is_suppressed
from masthead.audience.models import ConsentEvent, MailingList, Question, Reconfirmation, Segment, Subscriber, Subscription
from masthead.audience.segments import saving
from masthead.audit.recording import record
from masthead.mail import sealing
from masthead.mail.sender import Sender

State = Reconfirmation.State
Answer = Question.State

MOST_PER_MINUTE = 6_000
MOST_DAYS = 180
_AT_ONCE = 2_000
_OPEN = (Answer.ASKED, Answer.REMINDED)


class BadReconfirmation(ValueError):
    """It cannot begin so, or not do that now; the message says why and the way out."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Which active readers of the list are asked.

    `not_confirmed_since`: who confirmed on or after that day is left out; None: whoever ever confirmed by themselves is. So by
    default those are asked who were imported or put there by hand. `joined_before` and `segment` narrow further.
    """

    mailing_list: MailingList
    not_confirmed_since: date | None = None
    joined_before: date | None = None
    segment: Segment | None = None

    def in_words(self) -> str:
        """As the screens say it."""
        words = [
            _("no confirmation since %(day)s") % {"day": self.not_confirmed_since.isoformat()}
            if self.not_confirmed_since
            else _("never confirmed")
        ]
        if self.joined_before:
            words.append(_("joined before %(day)s") % {"day": self.joined_before.isoformat()})
        if self.segment:
            words.append(_("in the segment “%(name)s”") % {"name": self.segment.name})
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many a round would ask, and who is left out: all add up to the active readers of the list."""

    asked: int
    confirmed: int
    not_meant: int
    suppressed: int

    @property
    def active(self) -> int:
        """All of them."""
        return self.asked + self.confirmed + self.not_meant + self.suppressed


def forecast(whom: Whom, *, now: datetime) -> Forecast:
    """Counts before anything is begun. Raises SegmentBroken."""
    active = _active(whom.mailing_list)
    silent = active.filter(is_suppressed()).count()
    able = active.filter(~is_suppressed())
    confirmed = able.filter(Exists(_confirmed(whom))).count()
    asked = _meant(whom, now).count()
    return Forecast(asked=asked, confirmed=confirmed, suppressed=silent, not_meant=able.count() - confirmed - asked)


@transaction.atomic
def start(
    whom: Whom, *, sender: Sender, per_minute: int, days: int, remind_after: int | None, by: str, now: datetime
) -> Reconfirmation:
    """Write down who is asked; `work` then asks them. Raises BadReconfirmation and SegmentBroken; then nothing has begun."""
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise BadReconfirmation(_("Between 1 and %(most)d mails a minute are possible.") % {"most": MOST_PER_MINUTE})
    if not 1 <= days <= MOST_DAYS:
        raise BadReconfirmation(_("Readers can have 1 to %(most)d days to answer.") % {"most": MOST_DAYS})
    if remind_after is not None and not 1 <= remind_after < days:
        raise BadReconfirmation(_("The reminder must come before the last day: after 1 to %(most)d days.") % {"most": days - 1})
    MailingList.objects.select_for_update().get(pk=whom.mailing_list.pk)  # of two at once, the second sees the first
    if whom.mailing_list.reconfirmations.filter(state__in=(State.ASKING, State.PAUSED)).exists():
        raise BadReconfirmation(_("Readers of this list are being asked already. Wait for the end of that, or cancel it."))
    made = Reconfirmation.objects.create(
        list=whom.mailing_list,
        whom=whom.in_words(),
        sender=asdict(sender),
        per_minute=per_minute,
        days=days,
        remind_after=remind_after,
        by=by,
        started_at=now,
    )
    found = _meant(whom, now).order_by("pk").values_list("pk", flat=True)
    rows = (Question(reconfirmation=made, subscriber_id=pk) for pk in found.iterator(_AT_ONCE))
    while batch := [row for _number, row in zip(range(_AT_ONCE), rows, strict=False)]:
        Question.objects.bulk_create(batch)
        made.readers += len(batch)
    if not made.readers:
        raise BadReconfirmation(_("Nobody on this list has to be asked."))
    made.save(update_fields=["readers"])
    _note(made, "started", by, now, readers=made.readers)
    return made


def work(*, clock: Callable[[], datetime], stopping: Callable[[], bool]) -> int:
    """One minute's worth of every open round: ask, remind, close. Returns how many mails were queued."""
    queued = 0
    for run in Reconfirmation.objects.filter(state=State.ASKING).select_related("list"):
        queued += asking.ask_and_remind(run, clock=clock, stopping=stopping)
        _close_when_due(run, clock, stopping)
    return queued


@transaction.atomic
def keep(*, question: Question, text: str, now: datetime) -> bool:
    """The reader pressed "keep me"; `text` is what the page said. Twice is no mistake. False: they left since.

    Who was taken off by this round and answers late is back on the list: it is their own word.
    """
    question = (
        Question.objects.select_for_update(of=("self",)).select_related("reconfirmation__list", "subscriber").get(pk=question.pk)
    )
    reader, run = question.subscriber, question.reconfirmation
    if reader is None:
        return False
    if question.state == Answer.KEPT:
        return True
    active = reader.subscriptions.filter(list=run.list, state=Subscription.State.ACTIVE).exists()
    if not active and question.state != Answer.TAKEN_OFF:
        return False
    staying.reaffirm(subscriber=reader, mailing_list=run.list, how=run.how, text=text, now=now)
    _settle(question, Answer.KEPT, now)
    return True


def leave(*, question: Question, now: datetime) -> None:
    """The reader pressed "no": off this list at once, with a goodbye."""
    reader, run = question.subscriber, question.reconfirmation
    if reader is not None:
        voice = Sender(**run.sender)
        consent.withdraw(subscriber=reader, lists=[run.list], how=run.how, by="reader", now=now, notice=voice)
        Question.objects.filter(pk=question.pk).exclude(state=Answer.TAKEN_OFF).update(state=Answer.LEFT, settled_at=now)


def question_of(token: str) -> Question | None:
    """The question that a mailed link names."""
    number = sealing.unseal(sealing.STAY, token)
    found = Question.objects.select_related("reconfirmation__list", "subscriber")
    return None if number is None else found.filter(pk=number).first()


def standing(run: Reconfirmation) -> dict[str, int]:
    """How many rows are in each state; they add up to `run.readers`."""
    counts = dict(run.questions.order_by().values_list("state").annotate(n=Count("pk")))
    return {state.value: counts.get(state.value, 0) for state in Answer}


@transaction.atomic
def set_state(*, run: Reconfirmation, state: Reconfirmation.State, by: str, now: datetime) -> None:
    """Pause, resume or cancel. A cancelled round takes nobody off. Raises BadReconfirmation when it has ended."""
    open_ones = Reconfirmation.objects.filter(pk=run.pk, state__in=(State.ASKING, State.PAUSED))
    if state not in {State.ASKING, State.PAUSED, State.CANCELLED} or not open_ones.update(state=state):
        raise BadReconfirmation(_("This round has ended."))
    run.state = state
    _note(run, str(state), by, now)


def undo(*, run: Reconfirmation, by: str, now: datetime) -> int:
    """Put back whom the closing took off and who has done nothing since. Returns how many. It may be repeated."""
    if run.state not in {State.CLOSED, State.UNDONE}:
        raise BadReconfirmation(_("Nobody was taken off by this round yet."))
    back = 0
    for question in run.questions.filter(state=Answer.TAKEN_OFF).select_related("subscriber").iterator(_AT_ONCE):
        with transaction.atomic():
            reader = question.subscriber
            done = reader is not None and staying.put_back(
                subscriber=reader, mailing_list=run.list, left_at=question.settled_at or now, how=run.how, by=by, now=now
            )
            if done:
                Question.objects.filter(pk=question.pk).update(state=Answer.ASKED, settled_at=None)
                back += 1
    with transaction.atomic():
        Reconfirmation.objects.filter(pk=run.pk).update(state=State.UNDONE)
        _note(run, "undone", by, now, readers=back)
    run.state = State.UNDONE
    return back


def _close_when_due(run: Reconfirmation, clock: Callable[[], datetime], stopping: Callable[[], bool]) -> None:
    now = clock()
    if run.questions.filter(state=Answer.WAITING).exists() or asking.is_under_way(run):
        return
    if Reconfirmation.objects.get(pk=run.pk).state != State.ASKING:
        return
    if run.closes_at is None:
        run.closes_at = asking.ends_at(run, now)
        run.save(update_fields=["closes_at"])
    if now < run.closes_at:
        return
    for question in run.questions.filter(state__in=_OPEN).select_related("subscriber").iterator(_AT_ONCE):
        if stopping():
            return
        _take_off(run, question, clock())
    with transaction.atomic():
        if Reconfirmation.objects.filter(pk=run.pk, state=State.ASKING).update(state=State.CLOSED, closed_at=now):
            _note(run, "closed", "system", now, readers=run.questions.filter(state=Answer.TAKEN_OFF).count())


@transaction.atomic
def _take_off(run: Reconfirmation, question: Question, now: datetime) -> None:
    mine = Question.objects.filter(pk=question.pk, state__in=_OPEN)
    left = (
        consent.withdraw(subscriber=question.subscriber, lists=[run.list], how=run.how, by="system", now=now)
        if question.subscriber and mine.exists()
        else []
    )
    mine.update(state=Answer.TAKEN_OFF if left else Answer.LEFT, settled_at=now)


def _settle(question: Question, state: str, now: datetime) -> None:
    question.state, question.settled_at = state, now
    question.save(update_fields=["state", "settled_at"])


def _active(mailing_list: MailingList) -> QuerySet[Subscriber]:
    on = Subscription.objects.filter(subscriber=OuterRef("pk"), list=mailing_list, state=Subscription.State.ACTIVE)
    return Subscriber.objects.filter(Exists(on))


def _confirmed(whom: Whom) -> QuerySet[ConsentEvent]:
    said = ConsentEvent.objects.filter(
        subscriber=OuterRef("pk"), list=whom.mailing_list, kind=ConsentEvent.Kind.CONFIRMED, by="reader"
    )
    return said.filter(at__date__gte=whom.not_confirmed_since) if whom.not_confirmed_since else said


def _meant(whom: Whom, now: datetime) -> QuerySet[Subscriber]:
    found = _active(whom.mailing_list).filter(~is_suppressed(), ~Exists(_confirmed(whom)))
    if whom.joined_before:
        joined = Subscription.objects.filter(subscriber=OuterRef("pk"), list=whom.mailing_list)
        found = found.filter(Exists(joined.filter(since__date__lt=whom.joined_before)))
    narrowed = saving.narrowing(segments=[whom.segment], excluded=[], now=now) if whom.segment else Q()
    return found.filter(narrowed)


def _note(run: Reconfirmation, what: str, by: str, now: datetime, **details: object) -> None:
    record(action=f"reconfirmation.{what}", by=by, now=now, subject=f"list:{run.list_id}", details={"run": run.pk, **details})


def ends_in_words(run: Reconfirmation, *, now: datetime) -> str:
    """When who did not answer is taken off."""
    if run.closes_at is None:
        return _("%(days)d days after the last reader was asked") % {"days": run.days}
    left = max(0, (run.closes_at - now).days)
    return ngettext("in %(days)d day", "in %(days)d days", left) % {"days": left}
