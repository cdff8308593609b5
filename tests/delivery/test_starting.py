"""Taking the audience."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audience.models import MailingList, Subscription
from masthead.delivery import campaigns, lookups, starting, sweeping
from masthead.delivery.composing import copy_of, web_links
from masthead.delivery.models import Campaign, Delivery, Range
from masthead.delivery.rendering import Reader, Renderer
from masthead.mail.models import Suppression, Transport

State = Delivery.State
pytestmark = pytest.mark.django_db


def rows(campaign: Campaign) -> dict[str, tuple[int, str]]:
    deliveries = Delivery.objects.filter(campaign=campaign).select_related("subscriber")
    return {each.subscriber.address: (each.state, each.reply) for each in deliveries if each.subscriber}


def test_every_active_reader_gets_one_row_whatever_lists_they_are_on(
    campaign: Campaign, reader: Any, leaver: Any, make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    other = MailingList.objects.create(name="Tides", slug="tides")
    campaign.lists.add(other)
    Subscription.objects.create(subscriber=reader, list=other, state="active", since=now)
    make_subscriber("pending@example.org", mailing_list, state="pending")
    starting.start(campaign_id=campaign.pk, now=now)
    assert rows(campaign) == {"rosa@example.org": (State.QUEUED, "")}
    campaign.refresh_from_db()
    assert (campaign.state, campaign.audience, campaign.started_at) == ("sending", 1, now)
    assert campaign.deadline_at == now + timedelta(hours=72)


def test_a_provider_that_renames_mails_is_told_which_one_it_is_for_as_long_as_the_campaign_lasts(
    campaign: Campaign, reader: Any, now: datetime, settings: Any
) -> None:
    settings.SMTP_URL = ""
    relay = Transport.objects.create(name="Provider", kind="smtp", host="smtp.postmarkapp.com", in_use=True)
    starting.start(campaign_id=campaign.pk, now=now)
    relay.host = "mail.example.org"
    relay.save()
    campaign.refresh_from_db()
    mail = Renderer(copy_of(campaign)).render(Reader(reader.address), delivery_id=7, date=0)
    assert f"X-PM-Metadata-message-id: {mail.message_id[1:-1]}\r\n".encode() in mail.raw


def test_who_is_suppressed_or_asked_for_silence_has_a_row_that_says_so(
    campaign: Campaign, reader: Any, make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    dead = make_subscriber("dead@example.org", mailing_list)
    make_subscriber("any@blocked.example", mailing_list)
    quiet = make_subscriber("quiet@example.org", mailing_list)
    Suppression.objects.create(fingerprint=dead.fingerprint, reason="bounced", created_at=now, by="system")
    Suppression.objects.create(domain="blocked.example", reason="staff", created_at=now, by="system")
    Subscription.objects.filter(subscriber=quiet).update(paused_until=now.date() + timedelta(days=9))
    starting.start(campaign_id=campaign.pk, now=now)
    assert rows(campaign) == {
        "rosa@example.org": (State.QUEUED, ""),
        "dead@example.org": (State.SKIPPED, "suppressed: bounced"),
        "any@blocked.example": (State.SKIPPED, "suppressed domain: staff"),
        "quiet@example.org": (State.SKIPPED, "paused by the reader"),
    }
    found = lookups.verify(campaign)
    assert (found.adds_up, found.audience, found.skipped, found.open) == (True, 4, 3, 1)


def test_who_has_the_issue_from_another_campaign_is_not_in_the_audience_again(
    campaign: Campaign, reader: Any, make_subscriber: Any, mailing_list: MailingList, now: datetime
) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    late = make_subscriber("late@example.org", mailing_list)
    second = Campaign.objects.create(
        edition=campaign.edition, state="scheduled", starts_at=now, mail_mode="full", by="staff:1", created_at=now
    )
    second.lists.add(mailing_list)
    starting.start(campaign_id=second.pk, now=now)
    assert list(rows(second)) == [late.address]


def test_who_was_cancelled_before_their_turn_may_be_sent_to_by_another_campaign(
    campaign: Campaign, reader: Any, mailing_list: MailingList, now: datetime
) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    campaigns.cancel(campaign=campaign, by="staff:1", now=now)
    second = Campaign.objects.create(
        edition=campaign.edition, state="scheduled", starts_at=now, mail_mode="full", by="staff:1", created_at=now
    )
    second.lists.add(mailing_list)
    starting.start(campaign_id=second.pk, now=now)
    assert list(rows(second)) == [reader.address]


def test_starting_twice_is_starting_once(campaign: Campaign, reader: Any, now: datetime) -> None:
    assert starting.start(campaign_id=campaign.pk, now=now) is not None
    assert starting.start(campaign_id=campaign.pk, now=now) is None
    assert Delivery.objects.count() == 1


def test_a_crash_after_preparing_is_made_good_by_the_sweep(campaign: Campaign, reader: Any, now: datetime) -> None:
    Campaign.objects.update(state="preparing")
    sweeping.sweep(now=now)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.audience) == ("sending", 1)


def test_a_campaign_is_not_started_before_its_time(campaign: Campaign, reader: Any, now: datetime) -> None:
    sweeping.sweep(now=now - timedelta(seconds=1))
    campaign.refresh_from_db()
    assert campaign.state == "scheduled"


def test_a_campaign_missed_by_more_than_six_hours_waits_for_a_person(campaign: Campaign, reader: Any, now: datetime) -> None:
    sweeping.sweep(now=now + timedelta(hours=6, seconds=1))
    campaign.refresh_from_db()
    assert campaign.state == "draft"
    assert "nothing ran then" in campaign.attention


def test_an_audience_that_is_gone_by_then_ends_with_a_reason(campaign: Campaign, leaver: Any, now: datetime) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    sweeping.sweep(now=now)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.audience) == ("finished", 0)
    assert "Nobody was left" in campaign.attention


def test_ranges_cover_whoever_is_to_be_sent_to_and_nobody_twice(
    campaign: Campaign, make_subscriber: Any, mailing_list: MailingList, now: datetime, settings: Any
) -> None:
    settings.RANGE_SIZE = 3
    for number in range(8):
        make_subscriber(f"r{number}@example.org", mailing_list)
    starting.start(campaign_id=campaign.pk, now=now)
    sizes = [Delivery.objects.filter(pk__range=(each.first, each.last)).count() for each in Range.objects.order_by("id")]
    assert sizes == [3, 3, 2]


@pytest.mark.parametrize(("measuring", "shared"), [("nothing", False), ("links", True), ("readers", True)])
def test_whether_links_are_shared_is_kept_when_it_starts(
    campaign: Campaign, reader: Any, now: datetime, measuring: str, shared: bool
) -> None:
    publication = campaign.edition.publication
    publication.measuring = measuring
    publication.save(update_fields=["measuring"])
    starting.start(campaign_id=campaign.pk, now=now)
    publication.measuring = "nothing"
    publication.save(update_fields=["measuring"])
    campaign.refresh_from_db()
    assert campaign.shared_links is shared
    assert campaign.tracks_readers is copy_of(campaign).tracks is (measuring == "readers")
    assert bool(copy_of(campaign).links) is (shared and bool(web_links(campaign.edition.links)))
