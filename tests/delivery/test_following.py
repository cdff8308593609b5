"""Further campaigns of an issue that was sent: to those who joined since, to those it did not reach."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from masthead.audience import consent
from masthead.audience.models import MailingList, Subscriber, Subscription
from masthead.audience.segments import saving, tree
from masthead.audit.models import Entry
from masthead.delivery import campaigns, following, lookups, narrowing, starting, sweeping
from masthead.delivery.models import Campaign, Delivery
from masthead.issues.models import Edition
from masthead.mail.models import Suppression

State = Delivery.State
Reach = Campaign.Reach
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(campaign: Campaign, mailing_list: MailingList, make_subscriber: Any, now: datetime) -> dict[str, Subscriber]:
    """Ten readers, one in each thing that can have become of them; by a name for it."""
    ends = {
        "accepted": (State.ACCEPTED, 0, "2.0.0 queued"),
        "refused": (State.REJECTED, 0, "5.1.1 no such user"),
        "gave_up": (State.EXPIRED, 0, "4.7.1 greylisted"),
        "gave_up_after_a_lost_answer": (State.EXPIRED, 1, "4.7.1 greylisted"),
        "cancelled": (State.CANCELLED, 0, ""),
        "cancelled_after_a_lost_answer": (State.CANCELLED, 1, ""),
        "uncertain": (State.UNCERTAIN, 0, "uncertain: lost"),
        "had_left": (State.SKIPPED, 0, "unsubscribed"),
        "was_suppressed": (State.SKIPPED, 0, "suppressed: staff"),
        "silent_then": (State.SKIPPED, 0, "paused by the reader"),
        "not_addressable": (State.SKIPPED, 0, "unsendable: the server cannot take this address"),
        "deferred": (State.DEFERRED, 0, "4.2.1 later"),
    }
    readers = {name: make_subscriber(f"{name}@example.org", mailing_list) for name in ends}
    starting.start(campaign_id=campaign.pk, now=now)
    for name, (state, repeats, reply) in ends.items():
        Delivery.objects.filter(subscriber=readers[name]).update(state=state, repeats=repeats, reply=reply)
    return readers


def follow(campaign: Campaign, reach: str, now: datetime, lists: list[MailingList] | None = None) -> Campaign:
    made = following.send_to_rest(
        issue=campaign.edition.issue,
        lists=lists or list(campaign.lists.all()),
        reach=reach,
        starts_at=None,
        by="staff:1",
        now=now,
    )
    starting.start(campaign_id=made.pk, now=now)
    made.refresh_from_db()
    return made


def names(campaign: Campaign) -> set[str]:
    found = Delivery.objects.filter(campaign=campaign).values_list("subscriber__address", "state")
    assert all(state == State.QUEUED for _address, state in found)
    return {address.partition("@")[0] for address, _state in found}


def test_not_reached_are_those_who_certainly_have_no_copy_and_may_get_one(
    campaign: Campaign, sent: dict[str, Subscriber], make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    make_subscriber("late@example.org", mailing_list)
    rest = following.rest_of(issue=campaign.edition.issue, lists=[mailing_list], now=now)
    made = follow(campaign, Reach.MISSED, now)
    assert names(made) == {"gave_up", "cancelled", "was_suppressed", "not_addressable"}
    assert (rest.missed, rest.unknown) == (4, 3)
    assert (made.audience, made.reach, made.mail_mode, made.policy) == (4, "missed", campaign.mail_mode, campaign.policy)


def test_joined_since_are_those_without_a_row_and_those_who_came_back(
    campaign: Campaign, sent: dict[str, Subscriber], make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    make_subscriber("late@example.org", mailing_list)
    make_subscriber("pending@example.org", mailing_list, state="pending")
    rest = following.rest_of(issue=campaign.edition.issue, lists=[mailing_list], now=now)
    assert names(follow(campaign, Reach.JOINED, now)) == {"late", "had_left"}
    assert rest.joined == 2


def test_nobody_who_left_is_suppressed_or_asked_for_silence_since_is_in_it(
    campaign: Campaign, sent: dict[str, Subscriber], make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    consent.withdraw(subscriber=sent["gave_up"], how="test", by="reader", now=now)
    suppress = {"reason": "staff", "created_at": now, "by": "staff:1"}
    Suppression.objects.create(fingerprint=sent["was_suppressed"].fingerprint, **suppress)
    Subscription.objects.filter(subscriber=sent["cancelled"]).update(paused_until=now.date() + timedelta(days=3))
    make_subscriber("late@blocked.example", mailing_list)
    Suppression.objects.create(domain="blocked.example", **suppress)
    issue = campaign.edition.issue
    rest = following.rest_of(issue=issue, lists=[mailing_list], now=now)
    assert (rest.joined, rest.missed) == (1, 1)
    assert names(follow(campaign, Reach.MISSED, now)) == {"not_addressable"}
    assert names(follow(campaign, Reach.JOINED, now)) == {"had_left"}


def test_asked_again_there_is_one_campaign_and_afterwards_nobody_is_left(
    campaign: Campaign, sent: dict[str, Subscriber], mailing_list: MailingList, now: datetime
) -> None:
    first = follow(campaign, Reach.MISSED, now)
    assert follow(campaign, Reach.MISSED, now) == first
    Delivery.objects.filter(campaign=first).update(state=State.ACCEPTED)
    first.ranges.update(done=True)
    sweeping.sweep(now=now)
    with pytest.raises(following.NobodyIsLeft, match="did not reach"):
        follow(campaign, Reach.MISSED, now)
    assert Campaign.objects.filter(reach=Reach.MISSED).count() == 1
    assert Entry.objects.filter(action="campaign.followed_up").count() == 1


def test_who_was_not_reached_by_the_second_sending_may_be_reached_by_a_third(
    campaign: Campaign, sent: dict[str, Subscriber], now: datetime
) -> None:
    second = follow(campaign, Reach.MISSED, now)
    campaigns.cancel(campaign=second, by="staff:1", now=now)
    Delivery.objects.filter(campaign=second, subscriber=sent["gave_up"]).update(state=State.ACCEPTED)
    assert names(follow(campaign, Reach.MISSED, now)) == {"cancelled", "was_suppressed", "not_addressable"}


def test_the_sum_is_right_over_all_sendings_and_nobody_has_two(
    campaign: Campaign, sent: dict[str, Subscriber], make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    make_subscriber("late@example.org", mailing_list)
    missed, joined = follow(campaign, Reach.MISSED, now), follow(campaign, Reach.JOINED, now)
    found = lookups.verify_issue(lookups.campaigns_of_number(campaign.edition.publication, 1971))
    assert [each for each, _proof in found.campaigns] == [joined, missed, campaign]
    assert (found.whole.adds_up, found.whole.audience, found.readers, found.twice) == (True, 12 + 4 + 2, 13, 0)
    Delivery.objects.filter(subscriber=sent["gave_up"]).update(state=State.ACCEPTED)
    found = lookups.verify_issue(lookups.campaigns_of_number(campaign.edition.publication, 1971))
    assert (found.whole.adds_up, found.twice) == (False, 1)


def test_the_list_of_issues_shows_the_main_sending_unless_a_further_one_is_under_way(
    campaign: Campaign, sent: dict[str, Subscriber], now: datetime
) -> None:
    issue = campaign.edition.issue
    Campaign.objects.filter(pk=campaign.pk).update(state="finished")
    further = follow(campaign, Reach.MISSED, now)
    assert lookups.main_campaign_of(issue) == further
    for state in ("finished", "cancelled", "draft"):
        Campaign.objects.filter(pk=further.pk).update(state=state)
        assert lookups.main_campaign_of(issue) == campaign


def test_an_issue_that_was_never_sent_has_nobody_to_follow_up(campaign: Campaign, reader: Any, now: datetime) -> None:
    with pytest.raises(following.NothingWasSent):
        follow(campaign, Reach.JOINED, now)
    with pytest.raises(following.NothingWasSent):
        following.rest_of(issue=campaign.edition.issue, lists=[], now=now)


def test_readers_of_another_list_get_it_unless_they_have_it(
    campaign: Campaign, sent: dict[str, Subscriber], mailing_list: MailingList, now: datetime
) -> None:
    other = MailingList.objects.create(name="Tides", slug="tides")
    for subscriber in sent.values():
        Subscription.objects.create(subscriber=subscriber, list=other, state="active", since=now)
    second = Campaign.objects.create(
        edition=campaign.edition, state="scheduled", starts_at=now, mail_mode="full", by="staff:1", created_at=now
    )
    second.lists.add(other)
    starting.start(campaign_id=second.pk, now=now)
    assert names(second) == {"gave_up", "cancelled", "had_left", "was_suppressed", "not_addressable"}


def test_a_further_sending_can_be_to_a_part_of_the_lists(
    campaign: Campaign, sent: dict[str, Subscriber], mailing_list: MailingList, now: datetime
) -> None:
    Subscriber.objects.filter(pk=sent["cancelled"].pk).update(language="fr")
    rule = tree.read({"if": "language", "is": "equal", "to": "fr"})
    part = narrowing.of([saving.create(name="French", rule=rule, by="staff:1", now=now)])
    issue = campaign.edition.issue
    assert following.rest_of(issue=issue, lists=[mailing_list], part=part, now=now).missed == 1
    made = following.send_to_rest(
        issue=issue, lists=[mailing_list], part=part, reach=Reach.MISSED, starts_at=None, by="staff:1", now=now
    )
    starting.start(campaign_id=made.pk, now=now)
    assert names(made) == {"cancelled"}


def test_a_rehearsal_can_be_followed_up_by_a_rehearsal(
    edition: Edition, reader: Any, make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    edition.pk, edition.version, edition.is_test = None, 2, True
    edition.save()
    rehearsal = Campaign.objects.create(
        edition=edition, state="scheduled", starts_at=now, mail_mode="full", by="staff:1", created_at=now
    )
    rehearsal.lists.add(mailing_list)
    starting.start(campaign_id=rehearsal.pk, now=now)
    make_subscriber("late@example.org", mailing_list)
    made = follow(rehearsal, Reach.JOINED, now)
    assert (names(made), made.edition) == ({"late"}, edition)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_campaigns_of_an_issue_that_start_at_once_share_no_reader(
    campaign: Campaign, make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    """The first holds the issue until its ledger is written, so the second cannot look before that."""
    for number in range(20):
        make_subscriber(f"r{number}@example.org", mailing_list)
    second = Campaign.objects.create(
        edition=campaign.edition, state="scheduled", starts_at=now, mail_mode="full", by="staff:1", created_at=now
    )
    second.lists.add(mailing_list)
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    def start_second() -> None:
        starting.start(campaign_id=second.pk, now=now)
        connections.close_all()

    other = threading.Thread(target=start_second)
    with transaction.atomic():
        starting.start(campaign_id=campaign.pk, now=now)
        other.start()
        blocked = 0
        while other.is_alive() and not blocked:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(waits)
                blocked = cursor.fetchone()[0]
    other.join(30)
    audiences = dict(Campaign.objects.values_list("pk", "audience"))
    assert audiences == {campaign.pk: 20, second.pk: 0}


@pytest.mark.django_db(transaction=True)
def test_two_people_who_ask_at_once_make_one_campaign(
    campaign: Campaign, reader: Any, make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    make_subscriber("late@example.org", mailing_list)
    barrier, made = threading.Barrier(4), []

    def ask() -> None:
        barrier.wait()
        made.append(
            following.send_to_rest(
                issue=campaign.edition.issue, lists=[mailing_list], reach=Reach.JOINED, starts_at=None, by="staff:1", now=now
            ).pk
        )
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 4
    assert len(set(made)) == 1
