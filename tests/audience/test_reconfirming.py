"""Readers of old are asked whether they want to stay."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience import asking, consent, erasure, messages, reconfirming, staying
from masthead.audience.models import ConsentEvent, MailingList, Question, Reconfirmation, Subscription
from masthead.common.addresses import normalise
from masthead.mail import allowances, provider_limits, suppressions
from masthead.mail.models import SingleMail, Suppression, Transport
from masthead.mail.pacing.limits import Limits
from masthead.mail.sender import Sender
from tests.servers.processes import in_a_process_of_its_own

pytestmark = pytest.mark.django_db
Answer, State = Question.State, Reconfirmation.State
DAY = timedelta(days=1)


@pytest.fixture
def begin(mailing_list: MailingList, sender: Sender, now: datetime) -> Callable[..., Reconfirmation]:
    def begin(**changes: Any) -> Reconfirmation:
        options = {"sender": sender, "per_minute": 100, "days": 30, "remind_after": 14, "by": "staff:1", "now": now}
        return reconfirming.start(reconfirming.Whom(mailing_list), **options | changes)

    return begin


def work(at: datetime, *, relay: bool = True) -> int:
    """One minute of all rounds, and of a relay that takes what is queued."""
    queued = reconfirming.work(clock=lambda: at, stopping=lambda: False)
    if relay:
        SingleMail.objects.filter(state=SingleMail.State.QUEUED).update(state=SingleMail.State.ACCEPTED)
    return queued


def rows(run: Reconfirmation) -> dict[str, int]:
    counts = reconfirming.standing(run)
    assert sum(counts.values()) == run.readers
    return {state: count for state, count in counts.items() if count}


def states() -> dict[str, str]:
    return dict(Subscription.objects.values_list("subscriber__address", "state"))


def test_the_forecast_adds_up_and_leaves_out_who_confirmed_or_is_suppressed(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime
) -> None:
    for name in ("old", "older", "dead", "sure"):
        make_subscriber(f"{name}@example.org", mailing_list)
    make_subscriber("left@example.org", mailing_list, state="left")
    suppressions.suppress(address=normalise("dead@example.org"), reason=Suppression.Reason.BOUNCED, by="system", now=now)
    sure = Subscription.objects.get(subscriber__address="sure@example.org").subscriber
    staying.reaffirm(subscriber=sure, mailing_list=mailing_list, how="form", text="Yes.", now=now)
    found = reconfirming.forecast(reconfirming.Whom(mailing_list), now=now)
    assert (found.asked, found.confirmed, found.suppressed, found.not_meant, found.active) == (2, 1, 1, 0, 4)
    later = reconfirming.Whom(mailing_list, not_confirmed_since=(now + DAY).date())
    assert reconfirming.forecast(later, now=now).asked == 3
    early = reconfirming.Whom(mailing_list, joined_before=now.date())
    assert (reconfirming.forecast(early, now=now).asked, reconfirming.forecast(early, now=now).not_meant) == (0, 2)
    assert begin().readers == 2


def test_a_whole_round_asks_once_reminds_once_and_takes_off_who_is_silent(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime
) -> None:
    for name in ("yes", "no", "silent", "erased"):
        make_subscriber(f"{name}@example.org", mailing_list)
    run = begin()
    assert work(now) == 4
    assert work(now) == 0
    by_name = {q.subscriber.address.partition("@")[0]: q for q in run.questions.select_related("subscriber")}
    assert reconfirming.keep(question=by_name["yes"], text="Go on.", now=now + DAY)
    assert reconfirming.keep(question=by_name["yes"], text="Go on.", now=now + 2 * DAY)
    reconfirming.leave(question=by_name["no"], now=now + DAY)
    erasure.erase(subscriber=by_name["erased"].subscriber, by="reader", now=now + DAY)
    assert work(now + 13 * DAY) == 0
    assert work(now + 14 * DAY) == 1
    assert work(now + 15 * DAY) == 0
    assert rows(run) == {"kept": 1, "left": 2, "reminded": 1}
    work(now + 29 * DAY)
    assert states()["silent@example.org"] == "active"
    work(now + 30 * DAY)
    run.refresh_from_db()
    assert run.state == State.CLOSED
    assert rows(run) == {"kept": 1, "left": 2, "taken_off": 1}
    assert states() == {"yes@example.org": "active", "no@example.org": "left", "silent@example.org": "left"}
    events = list(ConsentEvent.objects.order_by("id").values_list("subscriber__address", "kind", "how", "by"))
    assert events == [
        ("yes@example.org", "confirmed", run.how, "reader"),
        ("no@example.org", "withdrawn", run.how, "reader"),
        ("silent@example.org", "withdrawn", run.how, "system"),
    ]
    assert SingleMail.objects.filter(kind="stay", envelope_to="silent@example.org").count() == 2


def test_a_reminder_says_the_days_that_are_left_and_none_comes_with_the_end(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime
) -> None:
    make_subscriber("silent@example.org", mailing_list)
    run = begin()
    work(now)
    reconfirming.work(clock=lambda: now + 14 * DAY, stopping=lambda: False)
    reminder = bytes(SingleMail.objects.latest("pk").raw)
    assert b"You have 16 days to answer." in reminder.replace(b"\r\n", b" ")
    reconfirming.set_state(run=run, state=State.CANCELLED, by="staff:1", now=now + 15 * DAY)

    again = begin()
    work(now)
    assert work(now + 31 * DAY) == 0
    again.refresh_from_db()
    assert (again.state, rows(again)) == (State.CLOSED, {"taken_off": 1})


def test_the_closing_can_be_taken_back_for_who_has_done_nothing_since(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime
) -> None:
    for name in ("back", "late"):
        make_subscriber(f"{name}@example.org", mailing_list)
    run = begin(remind_after=None)
    work(now)
    work(now + 31 * DAY)
    assert set(states().values()) == {"left"}
    late = run.questions.get(subscriber__address="late@example.org")
    assert reconfirming.keep(question=late, text="Go on.", now=now + 32 * DAY)
    run.refresh_from_db()
    assert reconfirming.undo(run=run, by="staff:1", now=now + 33 * DAY) == 1
    assert set(states().values()) == {"active"}
    assert reconfirming.undo(run=run, by="staff:1", now=now + 33 * DAY) == 0
    assert sum(reconfirming.standing(run).values()) == run.readers
    assert work(now + 90 * DAY) == 0


def test_a_round_goes_no_faster_than_it_may_and_rests_while_paused(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime
) -> None:
    for number in range(5):
        make_subscriber(f"r{number}@example.org", mailing_list)
    run = begin(per_minute=2)
    assert work(now) == 2
    reconfirming.set_state(run=run, state=State.PAUSED, by="staff:1", now=now)
    assert work(now) == 0
    reconfirming.set_state(run=run, state=State.ASKING, by="staff:1", now=now)
    assert [work(now + 2 * DAY) for _ in range(3)] == [2, 1, 0]
    work(now + 31 * DAY)  # the days count from the last one asked
    assert set(states().values()) == {"active"}
    work(now + 32 * DAY)
    assert set(states().values()) == {"left"}


def test_who_is_suppressed_or_leaves_meanwhile_is_not_asked(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime
) -> None:
    gone, dead = (make_subscriber(f"{name}@example.org", mailing_list) for name in ("gone", "dead"))
    run = begin()
    consent.withdraw(subscriber=gone, how="one-click", by="reader", now=now)
    suppressions.suppress(address=normalise(dead.address), reason=Suppression.Reason.BOUNCED, by="system", now=now)
    assert work(now) == 0
    assert rows(run) == {"skipped": 2}
    assert not reconfirming.keep(question=run.questions.get(subscriber=gone), text="Go on.", now=now)
    assert states()[gone.address] == "left"


def test_a_cancelled_round_takes_nobody_off(reader: Any, begin: Any, now: datetime) -> None:
    run = begin()
    work(now)
    reconfirming.set_state(run=run, state=State.CANCELLED, by="staff:1", now=now)
    work(now + 90 * DAY)
    assert set(states().values()) == {"active"}
    with pytest.raises(reconfirming.BadReconfirmation):
        reconfirming.set_state(run=run, state=State.ASKING, by="staff:1", now=now)


@pytest.mark.parametrize("changes", [{"per_minute": 0}, {"days": 0}, {"days": 400}, {"remind_after": 30}, {"remind_after": 0}])
def test_what_cannot_be_is_refused_and_nothing_has_begun(reader: Any, begin: Any, changes: dict[str, int]) -> None:
    with pytest.raises(reconfirming.BadReconfirmation):
        begin(**changes)
    assert not Reconfirmation.objects.exists()


def test_a_list_is_asked_by_one_round_at_a_time_and_only_if_there_is_somebody(
    begin: Any, make_subscriber: Any, mailing_list: MailingList
) -> None:
    with pytest.raises(reconfirming.BadReconfirmation, match="Nobody"):
        begin()
    assert not Reconfirmation.objects.exists()
    make_subscriber("old@example.org", mailing_list)
    begin()
    with pytest.raises(reconfirming.BadReconfirmation, match="already"):
        begin()


def test_the_mail_can_be_left_by_one_click(reader: Any, begin: Any, now: datetime) -> None:
    begin()
    work(now)
    raw = bytes(SingleMail.objects.get().raw)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert b"https://courier.example.org/k/" in raw


def use_relay(**limits: int) -> None:
    Transport.objects.create(name="Harbour", kind="smtp", host="mail.example.org", in_use=True, **limits)


def test_a_round_waits_for_the_limits_of_the_relay_and_of_a_provider(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = now.timestamp()
    monkeypatch.setattr(allowances, "database_now", lambda: moment)
    use_relay(per_hour=5)
    provider_limits.keep(name="google", domains=[], limits=Limits(per_hour=1), by="system", now=now)
    for address in ("a@gmail.com", "b@gmail.com", *(f"r{number}@example.org" for number in range(6))):
        make_subscriber(address, mailing_list)
    run = begin()
    assert work(now, relay=False) == 5
    asked = set(SingleMail.objects.values_list("envelope_to", flat=True))
    assert asked == {"a@gmail.com", *(f"r{number}@example.org" for number in range(4))}
    assert work(now, relay=False) == 0, "what is queued counts"
    SingleMail.objects.update(state=SingleMail.State.ACCEPTED)
    allowances.note(allowances.transport_scope(Transport.objects.get().pk), sent=5, now=moment)
    allowances.note(allowances.provider_scope("google"), sent=1, now=moment)
    assert work(now) == 0
    moment += 61 * 60
    assert work(now) == 3
    assert rows(run) == {"asked": 8}


def test_a_relay_that_is_away_gets_no_pile_of_mails(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_MOST_UNDER_WAY", 4)
    for number in range(9):
        make_subscriber(f"r{number}@example.org", mailing_list)
    begin(per_minute=3)
    assert [work(now, relay=False) for _ in range(4)] == [3, 1, 0, 0]
    assert work(now) == 0
    assert work(now) == 3


def test_whom_no_mail_reached_is_asked_again_and_not_taken_off(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime
) -> None:
    for name in ("away", "there"):
        make_subscriber(f"{name}@example.org", mailing_list)
    run = begin(days=1, remind_after=None)
    assert work(now, relay=False) == 2
    SingleMail.objects.filter(envelope_to="there@example.org").update(state=SingleMail.State.ACCEPTED)
    work(now + DAY, relay=False)
    assert rows(run) == {"asked": 2}, "a mail is still under way"
    SingleMail.objects.filter(envelope_to="away@example.org").update(state=SingleMail.State.EXPIRED)
    assert work(now + DAY) == 1
    assert rows(run) == {"asked": 2}
    work(now + 2 * DAY - timedelta(minutes=1))
    assert set(states().values()) == {"active"}
    work(now + 2 * DAY)
    assert set(states().values()) == {"left"}


def test_without_a_relay_for_the_sender_a_round_waits(reader: Any, begin: Any, now: datetime) -> None:
    use_relay(sender_domains="elsewhere.example")
    run = begin()
    assert work(now) == 0
    assert rows(run) == {"waiting": 1}
    Transport.objects.update(sender_domains="")
    assert work(now) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", ["before the mail", "before the commit", "after the commit"])
def test_a_process_that_is_killed_asks_nobody_twice_and_forgets_nobody(
    make_subscriber: Any, mailing_list: MailingList, begin: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    for number in range(5):
        make_subscriber(f"r{number}@example.org", mailing_list)
    run = begin()
    real, calls = messages.stay, 0

    def mail(**words: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3 and stage == "before the mail":
            os.kill(os.getpid(), signal.SIGKILL)
        real(**words)
        if calls == 3 and stage == "before the commit":
            os.kill(os.getpid(), signal.SIGKILL)

    def stopping() -> bool:
        if calls == 3 and stage == "after the commit":
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    monkeypatch.setattr(messages, "stay", mail)
    ended = in_a_process_of_its_own(lambda: reconfirming.work(clock=lambda: now, stopping=stopping))
    assert ended() == -signal.SIGKILL
    monkeypatch.setattr(messages, "stay", real)
    asked = 3 if stage == "after the commit" else 2
    assert rows(run) == {"asked": asked, "waiting": 5 - asked}
    assert SingleMail.objects.count() == asked
    assert work(now) == 5 - asked
    assert sorted(SingleMail.objects.values_list("envelope_to", flat=True)) == [f"r{number}@example.org" for number in range(5)]
    assert rows(run) == {"asked": 5}
