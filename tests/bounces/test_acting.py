"""From a mail that came in to what follows, in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from masthead.audience import consent, erasure
from masthead.audience.models import ConsentEvent, Subscription
from masthead.audit.models import Entry
from masthead.bounces import acting, findings, intake, keeping, lookups, policies
from masthead.bounces.models import Finding, RawReport
from masthead.bounces.rules import Thresholds
from masthead.delivery.models import Campaign, Delivery
from masthead.mail import sealing, suppressions
from masthead.mail.models import Suppression
from tests.bounces.conftest import take

Outcome, Identity = Finding.Outcome, Finding.Identity
pytestmark = pytest.mark.django_db


def is_suppressed(reader: Any) -> bool:
    return suppressions.is_suppressed(bytes(reader.fingerprint), reader.domain)


def test_a_dead_address_with_a_valid_token_is_suppressed_at_once(
    campaign: Campaign, reader: Any, deliver: Callable[..., Delivery], come_back: Callable[..., Finding]
) -> None:
    found = come_back(deliver(campaign, reader))
    assert (found.identity, found.subscriber, found.campaign) == (Identity.TOKEN, reader, campaign)
    assert (found.outcome, found.rule) == (Outcome.SUPPRESSED, "dead at once")
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED


def test_the_message_id_alone_needs_a_second_campaign_a_day_later(
    make_campaign: Any, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    first = come_back(deliver(make_campaign(1971), reader), token=False)
    assert (first.identity, first.outcome) == (Identity.MESSAGE_ID, Outcome.FIRST)
    assert not is_suppressed(reader)
    second = come_back(deliver(make_campaign(1972), reader), token=False, at=now + timedelta(days=7))
    assert (second.outcome, second.rule) == (Outcome.SUPPRESSED, "dead again")
    assert is_suppressed(reader)


def test_a_forged_bounce_for_a_living_reader_changes_nothing(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    deliver(campaign, reader)
    for day in range(5):
        forged = come_back(
            None, address=reader.address, token=False, message_id=False, at=now + timedelta(days=day), salt=str(day)
        )
        assert (forged.identity, forged.outcome, forged.rule) == (Identity.ADDRESS, Outcome.NOTED, "unproven")
    assert not Suppression.objects.exists()


def test_a_token_of_another_purpose_or_changed_by_a_letter_proves_nothing(
    campaign: Campaign, reader: Any, deliver: Any, now: datetime
) -> None:
    delivery = deliver(campaign, reader)
    good = sealing.seal(sealing.BOUNCE, delivery.pk)
    for token in (sealing.seal(sealing.UNSUBSCRIBE, delivery.pk), good[:-1] + ("a" if good[-1] != "a" else "b")):
        mail = f"From: mailer-daemon@example.net\nTo: b+{token}@bounce.example.org\nSubject: failure notice\n\n"
        found = take(f"{mail}<{reader.address}>:\n550 5.1.1 no such user\n".encode(), at=now)
        assert found.outcome == Outcome.NOTED
    assert not is_suppressed(reader)


def test_a_report_about_another_address_is_recorded_and_not_acted_on(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any
) -> None:
    found = come_back(deliver(campaign, reader), address="private@example.net")
    assert (found.identity, found.names_another, found.rule) == (Identity.TOKEN, True, "another address")
    assert found.address == "p…@example.net"
    assert not is_suppressed(reader)


@pytest.mark.parametrize(
    ("status", "words", "outcome"),
    [
        ("5.2.2", "552 5.2.2 mailbox full", Outcome.COUNTED),
        ("5.7.1", "554 5.7.1 blocked by a blacklist", Outcome.ALARM),
        ("5.1.1", "550 5.7.26 this mail is unauthenticated: SPF and DKIM failed", Outcome.ALARM),
        ("5.7.515", "550 5.7.515 does not meet the required authentication level", Outcome.ALARM),
        ("4.4.1", "connection timed out", Outcome.COUNTED),
    ],
)
def test_quota_policy_and_authentication_never_suppress(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any, now: datetime, status: str, words: str, outcome: str
) -> None:
    delivery = deliver(campaign, reader)
    for day in range(4):
        assert come_back(delivery, status=status, words=words, at=now + timedelta(days=day), salt=str(day)).outcome == outcome
    assert not is_suppressed(reader)


def test_the_same_bytes_a_hundred_times_are_one_report(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    delivery = deliver(campaign, reader)
    come_back(delivery)
    report = RawReport.objects.get()
    for _time in range(100):
        again, created = intake.store(raw=bytes(report.raw), via=RawReport.Via.WEBHOOK, now=now + timedelta(days=1))
        assert (again, created) == (report, False)
    assert findings.read_waiting() == []
    assert acting.judge_pending(now=now) == []
    assert Finding.objects.count() == Suppression.objects.count() == 1


def test_a_complaint_takes_the_reader_off_every_list_and_writes_it_down(
    campaign: Campaign, reader: Any, mailing_list: Any, deliver: Any, now: datetime
) -> None:
    message_id = sealing.seal(sealing.MESSAGE_ID, deliver(campaign, reader).pk)
    mail = (
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\nFrom: fbl@example.net\nSubject: FW\n\n--b\n'
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x\nVersion: 1\n--b\n"
        f"Content-Type: message/rfc822\n\nMessage-ID: <{message_id}@example.org>\nTo: redacted\nSubject: x\n\nx\n--b--\n"
    )
    found = take(mail.encode(), at=now)
    assert (found.kind, found.outcome) == ("complaint", Outcome.COMPLAINED)
    assert reader.subscriptions.get(list=mailing_list).state == Subscription.State.LEFT
    assert ConsentEvent.objects.get(subscriber=reader).kind == ConsentEvent.Kind.COMPLAINED
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINED


def test_a_refusal_of_the_relay_is_judged_by_the_same_rules_once(
    campaign: Campaign, reader: Any, leaver: Any, deliver: Any, now: datetime
) -> None:
    rejected = {"state": Delivery.State.REJECTED, "code": 550, "at": int(now.timestamp())}
    dead = deliver(campaign, reader, reply="5.1.1 <rosa@example.org>: user unknown", **rejected)
    deliver(campaign, leaver, reply="5.7.1 blocked, see https://example.net/spam", **rejected)
    found = findings.collect_refusals(campaign=campaign, now=now)
    assert [each.identity for each in found] == [Identity.REFUSAL, Identity.REFUSAL]
    acting.judge_pending(now=now)
    assert Finding.objects.get(delivery=dead).outcome == Outcome.SUPPRESSED
    assert [is_suppressed(reader), is_suppressed(leaver)] == [True, False]
    assert "rosa@" not in Finding.objects.get(delivery=dead).words
    assert findings.collect_refusals(campaign=campaign, now=now) == []


def test_too_many_dead_addresses_of_one_campaign_are_held_and_pause_it(
    campaign: Campaign, make_subscriber: Any, deliver: Any, come_back: Any, now: datetime, owner: Any
) -> None:
    policies.change(thresholds=Thresholds(guard_least=3), by="staff:1", now=now)
    readers = [make_subscriber(f"reader{number}@{number % 2}.example.net") for number in range(4)]
    rows = [deliver(campaign, each) for each in readers]
    come_back(rows[0])
    come_back(rows[1])
    assert [is_suppressed(each) for each in readers] == [True, True, False, False]
    for row in rows[2:]:
        come_back(row, judge=False)
    acting.judge_pending(now=now)
    assert [is_suppressed(each) for each in readers] == [False] * 4
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PAUSED
    assert "person decides" in campaign.attention
    assert lookups.held(campaign) == 4

    assert acting.decide(campaign=campaign, suppress=True, by="staff:1", now=now) == 4
    assert [is_suppressed(each) for each in readers] == [True] * 4
    assert Entry.objects.filter(action="bounces.decided", by="staff:1").exists()
    with pytest.raises(acting.NotHeld):
        acting.decide(campaign=campaign, suppress=True, by="staff:1", now=now)


def test_too_many_dead_addresses_at_one_provider_stop_the_sending_there_alone(
    campaign: Campaign, make_subscriber: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    policies.change(thresholds=Thresholds(guard_least=3), by="staff:1", now=now)
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.SENDING)
    readers = [make_subscriber(f"reader{number}@big.example") for number in range(4)]
    readers.append(make_subscriber("reader@small.example"))
    for row in [deliver(campaign, each) for each in readers]:
        come_back(row, judge=False)
    acting.judge_pending(now=now)
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.SENDING
    assert [held.provider for held in campaign.held_providers.all()] == ["big.example"]
    # Nothing suppresses anybody until the person has decided, wherever they are.
    assert (lookups.held(campaign), [is_suppressed(each) for each in readers]) == (5, [False] * 5)

    elsewhere = make_subscriber("another@small.example")
    come_back(deliver(campaign, elsewhere))
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PAUSED  # two of six: it is no longer one provider's


def test_what_is_held_can_be_let_go(
    campaign: Campaign, make_subscriber: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    policies.change(thresholds=Thresholds(guard_least=1), by="staff:1", now=now)
    reader = make_subscriber("one@example.net")
    assert come_back(deliver(campaign, reader)).outcome == Outcome.HELD
    acting.decide(campaign=campaign, suppress=False, by="staff:1", now=now)
    assert not is_suppressed(reader)
    assert Finding.objects.get().outcome == Outcome.UNDONE


def test_a_person_can_say_that_the_address_is_alive(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    found = come_back(deliver(campaign, reader))
    with pytest.raises(ValueError, match="reason"):
        acting.undo(finding=found, why=" ", by="staff:1", now=now)
    assert is_suppressed(reader)
    assert acting.undo(finding=found, why="she wrote to us", by="staff:1", now=now).outcome == Outcome.UNDONE
    assert not is_suppressed(reader)
    with pytest.raises(acting.NothingToUndo):
        acting.undo(finding=found, why="again", by="staff:1", now=now)


def test_a_test_mail_that_bounces_is_noted(reader: Any, come_back: Any) -> None:
    found = come_back(None, address=reader.address)
    assert (found.identity, found.rule) == (Identity.TEST, "test")


def test_a_bounce_of_a_reader_who_was_erased_is_noted_and_keeps_no_address(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    delivery = deliver(campaign, reader)
    come_back(delivery)
    erasure.erase(subscriber=reader, by="staff:1", now=now)
    assert not RawReport.objects.exists()
    (left,) = Finding.objects.all()
    assert left.subscriber is None
    assert "rosa@" not in f"{left.words} {left.address}"


def test_a_report_that_cannot_be_read_is_kept_and_named(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    from masthead.bounces.sandbox import Sandbox, Unread

    intake.store(raw=b"Subject: hungry\n\n", via=RawReport.Via.FILE, now=now)
    monkeypatch.setattr(Sandbox, "read", lambda self, raw: Unread("it takes too long"))
    assert findings.read_waiting() == []
    (kept,) = lookups.unread()
    assert (kept.state, kept.note, bytes(kept.raw)) == ("unread", "it takes too long", b"Subject: hungry\n\n")


def test_hostile_headers_are_values_and_nothing_more(campaign: Campaign, reader: Any, deliver: Any, now: datetime) -> None:
    token = sealing.seal(sealing.BOUNCE, deliver(campaign, reader).pk)
    nasty = "'\"--; DROP TABLE audience_subscriber; <svg onload=alert(1)>\0"
    mail = (
        f"From: {nasty} <mailer-daemon@example.net>\nTo: b+{token}@bounce.example.org\nSubject: failure notice {nasty}\n"
        f"Message-ID: <{nasty}>\n\n<{nasty}@example.net>:\n550 5.1.1 {nasty} no such user\n"
    )
    found = take(mail.encode(), at=now)
    assert found.subscriber == reader
    assert "\0" not in found.words
    assert reader.subscriptions.count() == 1


def test_what_came_back_proves_that_it_was_handed_over(
    campaign: Campaign, reader: Any, leaver: Any, deliver: Any, come_back: Any
) -> None:
    mine, other = deliver(campaign, reader), deliver(campaign, leaver)
    found = come_back(mine, token=False, words="452 4.2.2 mailbox full", status="4.2.2")
    assert lookups.proves_accepted([mine.pk, other.pk]) == {mine.pk}
    assert lookups.by_message_id(f"<{found.message_id}>") == found
    assert lookups.by_message_id("<somebody@example.net>") is None


def test_a_forged_report_proves_no_hand_over(campaign: Campaign, reader: Any, deliver: Any, come_back: Any) -> None:
    mine = deliver(campaign, reader)
    come_back(None, address=reader.address, token=False, message_id=False)
    assert lookups.proves_accepted([mine.pk]) == set()


def test_raw_mails_and_strangers_addresses_are_forgotten_after_a_while(come_back: Any, now: datetime) -> None:
    come_back(None, address="stranger@example.com", token=False, message_id=False)
    assert Finding.objects.get().address == "stranger@example.com"
    assert keeping.forget(now=now + timedelta(days=89)) == 0
    assert keeping.forget(now=now + timedelta(days=91)) == 1
    assert Finding.objects.get().address == ""


def test_a_policy_out_of_range_is_refused(now: datetime) -> None:
    with pytest.raises(ValidationError):
        policies.change(thresholds=Thresholds(repeats=1), by="staff:1", now=now)
    assert policies.current() == Thresholds()
    policies.change(thresholds=Thresholds(repeat_hours=48), by="staff:1", now=now)
    assert policies.current().repeat_hours == 48


def test_a_reader_who_joins_again_after_leaving_by_complaint_is_not_mailed(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any, mailing_list: Any, now: datetime
) -> None:
    come_back(deliver(campaign, reader))
    with pytest.raises(consent.AddressSuppressed):
        consent.add_by_staff(subscriber=reader, lists=[mailing_list], reason="by phone", by="staff:1", now=now)


def test_the_sweep_does_it_all(campaign: Campaign, reader: Any, deliver: Any, come_back: Any, now: datetime) -> None:
    from masthead.bounces import tasks

    come_back(deliver(campaign, reader), judge=False)
    tasks.sweep.func()
    assert is_suppressed(reader)
    tasks.housekeeping.func()


def test_another_policy_can_be_tried_without_consequences(
    make_campaign: Any, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    for week in range(2):
        come_back(deliver(make_campaign(1971 + week), reader), token=False, at=now + timedelta(days=7 * week))
    assert is_suppressed(reader)
    rows = Finding.objects.values_list("outcome", "judged_at")
    before = list(rows)
    assert [rule.name for _finding, rule in acting.dry_run(thresholds=Thresholds(repeats=3))] == ["dead, once", "dead, once"]
    assert [rule.name for _finding, rule in acting.dry_run(thresholds=Thresholds())] == ["dead again", "dead, once"]
    assert list(rows) == before


def test_a_mail_that_arrived_forgives_the_first_sign_and_the_soft_bounces(
    make_campaign: Any, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    come_back(deliver(make_campaign(1), reader), words="no such user here", status="5.0.0")
    come_back(deliver(make_campaign(2), reader), words="452 4.2.2 mailbox full", status="4.2.2", at=now + timedelta(days=1))
    assert lookups.soft_since_success(reader, now=now + timedelta(days=2)) == 1
    arrived = int((now + timedelta(days=7)).timestamp())
    deliver(make_campaign(3), reader, at=arrived)
    # The silence after it is not long enough yet: it may still come back.
    assert lookups.soft_since_success(reader, now=now + timedelta(days=8)) == 1
    assert lookups.soft_since_success(reader, now=now + timedelta(days=13)) == 0
    again = come_back(deliver(make_campaign(4), reader), words="no such user here", status="5.0.0", at=now + timedelta(days=14))
    assert again.outcome == Outcome.FIRST


def test_a_mail_that_came_back_itself_forgives_nothing(
    make_campaign: Any, reader: Any, deliver: Any, come_back: Any, now: datetime
) -> None:
    come_back(deliver(make_campaign(1), reader), words="no such user here", status="5.0.0")
    second = deliver(make_campaign(2), reader, at=int((now + timedelta(days=1)).timestamp()))
    found = come_back(second, words="no such user here", status="5.0.0", at=now + timedelta(days=9))
    assert found.outcome == Outcome.SUPPRESSED


def test_two_policies_are_compared_without_changing_anything(
    campaign: Campaign, reader: Any, deliver: Any, come_back: Any
) -> None:
    found = come_back(deliver(campaign, reader))
    (same,) = acting.compare(proposed=Thresholds())
    assert not same.differs
    (other,) = acting.compare(proposed=Thresholds(hard=frozenset({"5.1.2"})))
    assert (other.finding, other.now.outcome, other.then.outcome, other.differs) == (found, "suppressed", "first", True)
    assert Finding.objects.get().outcome == Outcome.SUPPRESSED
    assert acting.would_hold(findings=[found], thresholds=Thresholds(guard_least=1, guard_percent=1)) == [campaign]
    assert acting.would_hold(findings=[found], thresholds=Thresholds()) == []
