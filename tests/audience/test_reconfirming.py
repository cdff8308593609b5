"""Readers of old are asked whether they want to stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience import consent, erasure, reconfirming, staying
from masthead.audience.models import ConsentEvent, MailingList, Question, Reconfirmation, Subscription
from masthead.common.addresses import normalise
from masthead.mail import suppressions
from masthead.mail.models import SingleMail, Suppression
from masthead.mail.sender import Sender

pytestmark = pytest.mark.django_db
Answer, State = Question.State, Reconfirmation.State
DAY = timedelta(days=1)


@pytest.fixture
def begin(mailing_list: MailingList, sender: Sender, now: datetime) -> Callable[..., Reconfirmation]:
    def begin(**changes: Any) -> Reconfirmation:
        options = {"sender": sender, "per_minute": 100, "days": 30, "remind_after": 14, "by": "staff:1", "now": now}
        return reconfirming.start(reconfirming.Whom(mailing_list), **options | changes)

    return begin


def work(at: datetime) -> int:
    return reconfirming.work(clock=lambda: at, stopping=lambda: False)


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
