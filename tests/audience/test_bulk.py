"""Actions of staff on many readers, and how they are taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience import consent, keeping, tagging
from masthead.audience.bulk import acting, undoing
from masthead.audience.filtering import Filter
from masthead.audience.models import Attribute, BulkAction, BulkRow, ConsentEvent, MailingList, Subscriber, Subscription
from masthead.audit.models import Entry
from masthead.common.addresses import normalise
from masthead.common.stopping import STOP
from masthead.mail import suppressions
from masthead.mail.models import Suppression

What, State = BulkAction.What, BulkAction.State
BY = "staff:7"
pytestmark = pytest.mark.django_db


def do(what: BulkAction.What, chosen: Any, now: datetime, **more: Any) -> BulkAction:
    return acting.work(action=acting.begin(what=what, chosen=chosen, by=BY, now=now, **more), now=now)


def undo(action: BulkAction, now: datetime) -> BulkAction:
    undoing.begin(action=action)
    return undoing.work(action=action, by=BY, now=now)


@pytest.fixture
def extra(db: None) -> MailingList:
    return MailingList.objects.create(name="Extra", slug="extra")


def state_on(reader: Subscriber, mailing_list: MailingList) -> str:
    return str(reader.subscriptions.filter(list=mailing_list).values_list("state", flat=True).first() or "")


def test_joining_keeps_the_rules_of_consent_and_is_taken_back(make_subscriber: Any, extra: MailingList, now: datetime) -> None:
    new, waiting = make_subscriber("new@example.org"), make_subscriber("waiting@example.org", extra, state="pending")
    left, on = make_subscriber("left@example.org", extra, state="left"), make_subscriber("on@example.org", extra)
    blocked, away = make_subscriber("blocked@example.org"), make_subscriber("away@example.net")
    suppressions.suppress(address=normalise("blocked@example.org"), reason=Suppression.Reason.STAFF, by=BY, now=now)
    later = now + timedelta(hours=1)
    done = do(What.JOIN, Filter(domain="example.org"), later, mailing_list=extra, statement="Asked at the fair.")
    assert (done.state, done.readers) == (State.FINISHED, 5)
    assert done.counts == {"done": 2, "left": 1, "same": 1, "suppressed": 1}
    assert [state_on(each, extra) for each in (new, waiting, left, on, blocked, away)] == [
        "active",
        "active",
        "left",
        "active",
        "",
        "",
    ]
    event = ConsentEvent.objects.get(subscriber=new)
    assert (event.kind, event.how, event.by, event.text and event.text.text) == ("added", done.how, BY, "Asked at the fair.")
    entry = Entry.objects.get(action="readers.changed_together")
    assert (entry.details["readers"], entry.details["done"], entry.details["list"]) == (5, 2, extra.pk)
    back = undo(done, later)
    assert (back.state, back.counts) == (State.UNDONE, {"left": 1, "same": 1, "suppressed": 1, "undone": 2})
    assert [state_on(each, extra) for each in (new, waiting, left, on)] == ["", "pending", "left", "active"]
    assert waiting.subscriptions.get().since == now
    assert Entry.objects.get(action="readers.changed_back").details["undone"] == 2


def test_nobody_joins_without_a_statement(extra: MailingList, reader: Subscriber, now: datetime) -> None:
    with pytest.raises(consent.NoReason):
        acting.begin(what=What.JOIN, chosen=Filter(), mailing_list=extra, statement=" ", by=BY, now=now)
    assert not BulkAction.objects.exists()


def test_who_acted_since_they_were_put_on_a_list_keeps_it(make_subscriber: Any, extra: MailingList, now: datetime) -> None:
    chose, went = make_subscriber("chose@example.org"), make_subscriber("went@example.org")
    done = do(What.JOIN, [chose.pk, went.pk], now, mailing_list=extra, statement="On paper.")
    consent.withdraw(subscriber=went, how="one-click", by="reader", now=now)
    consent.withdraw(subscriber=chose, how="preferences", by="reader", now=now)
    consent.rejoin(subscriber=chose, by="reader", now=now)
    assert undo(done, now).counts == {"acted": 2}
    assert [state_on(each, extra) for each in (chose, went)] == ["active", "left"]


def test_taking_off_is_taken_back_but_never_for_who_left_by_themselves(
    make_subscriber: Any, mailing_list: MailingList, extra: MailingList, now: datetime
) -> None:
    both, went, idle = make_subscriber("both@example.org", mailing_list), make_subscriber("went@example.org", mailing_list), None
    Subscription.objects.create(subscriber=both, list=extra, state="active", since=now, paused_until=(now + timedelta(9)).date())
    idle = make_subscriber("idle@example.org")
    done = do(What.LEAVE, Filter(), now)
    assert done.counts == {"done": 2, "same": 1}
    assert state_on(both, extra) == "left"
    consent.withdraw(subscriber=went, how="one-click", by="reader", now=now)
    consent.withdraw(subscriber=went, how="one-click", by="reader", now=now)
    assert went.consent_events.filter(by="reader").count() == 1
    assert undo(done, now).counts == {"acted": 1, "same": 1, "undone": 1}
    assert [state_on(both, mailing_list), state_on(both, extra), state_on(went, mailing_list)] == ["active", "active", "left"]
    assert both.subscriptions.get(list=extra).paused_until == (now + timedelta(9)).date()
    assert not idle.subscriptions.exists()


def test_a_tag_is_put_on_and_taken_off_and_both_are_taken_back(reader: Subscriber, leaver: Subscriber, now: datetime) -> None:
    tagging.put(
        tag=tagging.get_or_create(name="press", by=BY, now=now), readers=Subscriber.objects.filter(pk=reader.pk), by=BY, now=now
    )
    put = do(What.TAG, Filter(), now, tag="Press")
    assert (put.counts, put.called) == ({"done": 1, "same": 1}, "press")
    off = do(What.UNTAG, Filter(), now, tag="press")
    assert off.counts == {"done": 2}
    assert undo(off, now).counts == {"undone": 2}
    assert undo(put, now).counts == {"same": 1, "undone": 1}
    assert list(Subscriber.objects.filter(tags__key="press")) == [reader]


def test_an_attribute_is_filled_in_and_given_back_where_nobody_changed_it(make_subscriber: Any, now: datetime) -> None:
    age = Attribute.objects.create(key="age", kind="number", label="Age", created_at=now)
    readers = [make_subscriber(f"r{number}@example.org", attributes={"age": number, "city": "Lyon"}) for number in (1, 2, 3)]
    bare = make_subscriber("bare@example.org")
    done = do(What.SET, Filter(), now, attribute=age, value="3")
    assert done.counts == {"done": 3, "same": 1}
    Subscriber.objects.filter(pk=readers[0].pk).update(attributes={"age": 9})
    assert undo(done, now).counts == {"acted": 1, "same": 1, "undone": 2}
    for each in (*readers, bare):
        each.refresh_from_db()
    assert [each.attributes.get("age") for each in (*readers, bare)] == [9, 2, 3, None]
    assert readers[1].attributes["city"] == "Lyon"


def test_suppressing_is_lifted_again_but_not_for_who_complained(
    make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    calm, cross = make_subscriber("calm@example.org", mailing_list), make_subscriber("cross@example.org", mailing_list)
    dead = make_subscriber("dead@example.org", mailing_list)
    suppressions.suppress(address=normalise("dead@example.org"), reason=Suppression.Reason.BOUNCED, by="system", now=now)
    done = do(What.SUPPRESS, Filter(), now, note="Moved away")
    assert done.counts == {"done": 2, "same": 1}
    consent.withdraw(subscriber=cross, how="complaint", by="system", now=now, kind=ConsentEvent.Kind.COMPLAINED)
    assert undo(done, now).counts == {"acted": 1, "same": 1, "undone": 1}
    held = {each.address for each in Suppression.objects.all()}
    assert held == {"cross@example.org", "dead@example.org"}
    assert calm.subscriptions.get().state == dead.subscriptions.get().state == "active"


def test_erasing_many_leaves_counts_and_fingerprints_alone(
    make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    gone = [make_subscriber(f"gone{number}@example.org", mailing_list) for number in range(3)]
    make_subscriber("stays@example.net", mailing_list)
    done = do(What.ERASE, Filter(text="gone"), now)
    assert (done.counts, done.readers, done.chosen) == ({"done": 3}, 3, {})
    assert [each.address for each in Subscriber.objects.all()] == ["stays@example.net"]
    assert all(suppressions.is_suppressed(bytes(each.fingerprint), each.domain) for each in gone)
    assert set(Suppression.objects.values_list("address", "reason")) == {("", "erased")}
    assert [entry.details["done"] for entry in Entry.objects.exclude(action="tag.created")] == [3]
    with pytest.raises(undoing.CannotUndo):
        undoing.begin(action=done)


def test_it_goes_on_where_it_was_interrupted(make_subscriber: Any, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(acting, "BATCH", 2)
    for number in range(5):
        make_subscriber(f"r{number}@example.org")
    action = acting.begin(what=What.TAG, chosen=Filter(), tag="press", by=BY, now=now)
    STOP.set()
    assert acting.work(action=action, now=now).counts == {"done": 2}
    STOP.clear()
    make_subscriber("late@example.org")
    done = acting.work(action=action, now=now)
    assert (done.state, done.counts, done.readers) == (State.FINISHED, {"done": 5}, 5)


def test_what_was_stopped_is_taken_back_as_far_as_it_came(
    make_subscriber: Any, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(acting, "BATCH", 2)
    for number in range(5):
        make_subscriber(f"r{number}@example.org")
    action = acting.begin(what=What.TAG, chosen=Filter(), tag="press", by=BY, now=now)
    STOP.set()
    acting.work(action=action, now=now)
    assert acting.cancel(action=action, now=now)
    assert not acting.cancel(action=action, now=now)
    STOP.clear()
    assert acting.work(action=action, now=now).state == State.CANCELLED
    assert undo(action, now).counts == {"undone": 2}
    assert not BulkRow.objects.filter(result="done").exists()


def test_after_a_month_it_cannot_be_taken_back(reader: Subscriber, tmp_path: Any, settings: Any, now: datetime) -> None:
    settings.DATA = tmp_path
    done = do(What.TAG, Filter(), now, tag="press")
    keeping.housekeep(now=now + timedelta(days=29))
    assert done.can_be_undone
    keeping.housekeep(now=now + timedelta(days=31))
    assert not done.can_be_undone
    assert done.counts == {"done": 1}
