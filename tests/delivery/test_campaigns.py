"""What people do with a campaign."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from masthead.audit.models import Entry
from masthead.delivery import campaigns, lookups, starting
from masthead.delivery.ledger import ranges
from masthead.delivery.models import Campaign, Delivery, Range
from masthead.issues.models import Edition, Issue
from masthead.mail import sealing

State = Delivery.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(publication: Any) -> Issue:
    body = [("paragraph", "<p>The ferry runs again.</p>")]
    made = Issue(publication=publication, title="The ferry runs again", excerpt="It does.", byline_line="Mara Quill")
    child = made.body.stream_block.child_blocks
    name = "text" if "text" in child else next(iter(child))
    made.body = [(name, child[name].to_python(body[0][1]) if name in child else body[0][1])]
    made.save()
    return made


def test_publishing_freezes_schedules_and_makes_public_once(issue: Issue, reader: Any, mailing_list: Any, now: datetime) -> None:
    at = now + timedelta(hours=1)
    first = campaigns.publish_and_send(issue=issue, lists=[mailing_list], starts_at=at, by="staff:1", now=now)
    again = campaigns.publish_and_send(issue=issue, lists=[mailing_list], starts_at=None, by="staff:2", now=now)
    assert first == again
    assert (first.state, first.starts_at, first.edition.number) == ("scheduled", at, 1971)
    issue.refresh_from_db()
    assert (issue.number, issue.public_from) == (1971, at)
    assert Edition.objects.count() == 1
    assert Entry.objects.filter(action="campaign.scheduled").count() == 1


def test_nobody_to_send_to_is_said_before_a_number_is_taken(issue: Issue, leaver: Any, mailing_list: Any, now: datetime) -> None:
    with pytest.raises(campaigns.NobodyToSendTo, match="The Courier"):
        campaigns.publish_and_send(issue=issue, lists=[mailing_list], starts_at=None, by="staff:1", now=now)
    assert not Edition.objects.exists()


def test_in_test_mode_nothing_becomes_public_and_an_edit_is_a_new_rehearsal(
    issue: Issue, reader: Any, mailing_list: Any, now: datetime
) -> None:
    issue.publication.is_live = False
    issue.publication.save()
    send = {"lists": [mailing_list], "starts_at": None, "by": "staff:1", "now": now}
    first = campaigns.publish_and_send(issue=issue, **send)
    assert campaigns.publish_and_send(issue=issue, **send) == first
    issue.refresh_from_db()
    assert first.edition.is_test
    assert (issue.number, issue.public_from) == (None, None)
    issue.title = "The ferry runs on Sundays, too"
    issue.save()
    assert campaigns.publish_and_send(issue=issue, **send) != first


def test_undoing_takes_back_the_schedule_and_the_page_and_it_can_be_scheduled_again(
    issue: Issue, reader: Any, mailing_list: Any, now: datetime
) -> None:
    made = campaigns.publish_and_send(issue=issue, lists=[mailing_list], starts_at=None, by="staff:1", now=now)
    campaigns.undo(campaign=made, by="staff:1", now=now)
    issue.refresh_from_db()
    assert (made.state, made.starts_at, issue.public_from, issue.number) == ("draft", None, None, 1971)
    again = campaigns.publish_and_send(issue=issue, lists=[mailing_list], starts_at=None, by="staff:1", now=now)
    assert (again.pk, again.state) == (made.pk, "scheduled")


def test_what_has_begun_cannot_be_undone(campaign: Campaign, reader: Any, now: datetime) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    with pytest.raises(campaigns.NotPossibleNow, match="Sending"):
        campaigns.undo(campaign=campaign, by="staff:1", now=now)


def test_a_pause_moves_the_deadline(campaign: Campaign, reader: Any, now: datetime) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    campaigns.pause(campaign=campaign, by="staff:1", now=now)
    campaigns.pause(campaign=campaign, by="staff:1", now=now + timedelta(hours=1))
    assert campaign.state == "paused"
    campaigns.resume(campaign=campaign, by="staff:1", now=now + timedelta(days=5))
    assert (campaign.state, campaign.deadline_at) == ("sending", now + timedelta(days=5, hours=72))
    assert Entry.objects.filter(action="campaign.paused").count() == 1


def test_cancelling_leaves_what_is_on_the_wire(
    campaign: Campaign, reader: Any, make_subscriber: Any, mailing_list: Any, now: datetime
) -> None:
    flying = make_subscriber("flying@example.org", mailing_list)
    starting.start(campaign_id=campaign.pk, now=now)
    claim = ranges.claim(Range.objects.get().pk)
    assert claim is not None
    Delivery.objects.filter(subscriber=flying).update(state=State.SENDING)
    campaigns.cancel(campaign=campaign, by="staff:1", now=now)
    states = dict(Delivery.objects.values_list("subscriber__address", "state"))
    assert states == {"rosa@example.org": State.CANCELLED, "flying@example.org": State.SENDING}
    found = lookups.verify(campaign)
    assert (found.adds_up, found.cancelled, found.open) == (True, 1, 1)


def test_the_uncertain_are_sent_to_again_when_a_person_says_so(campaign: Campaign, reader: Any, now: datetime) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    Delivery.objects.update(state=State.UNCERTAIN)
    Range.objects.update(done=True)
    Campaign.objects.update(state="finished", finished_at=now)
    assert campaigns.send_uncertain_again(campaign=campaign, by="staff:1", now=now) == 1
    delivery = Delivery.objects.get()
    assert (campaign.state, delivery.state, delivery.repeats) == ("sending", State.QUEUED, 1)
    assert not Range.objects.get().done


def test_a_token_leads_to_its_delivery_for_its_purpose_only(campaign: Campaign, reader: Any, now: datetime) -> None:
    starting.start(campaign_id=campaign.pk, now=now)
    delivery = Delivery.objects.get()
    token = sealing.seal(sealing.UNSUBSCRIBE, delivery.pk)
    found = lookups.delivery_for(sealing.UNSUBSCRIBE, token)
    assert found is not None
    assert (found.delivery, found.is_test) == (delivery, False)
    assert lookups.delivery_for(sealing.PREFERENCES, token) is None
    test = lookups.delivery_for(sealing.UNSUBSCRIBE, sealing.seal(sealing.UNSUBSCRIBE, 0))
    assert test is not None
    assert test.is_test


def test_progress_and_verify_agree(campaign: Campaign, make_subscriber: Any, mailing_list: Any, now: datetime) -> None:
    for number in range(12):
        make_subscriber(f"r{number}@example.org", mailing_list)
    starting.start(campaign_id=campaign.pk, now=now)
    claim = ranges.claim(Range.objects.get().pk)
    assert claim is not None
    for state, key in enumerate(Delivery.objects.order_by("id").values_list("id", flat=True)[:9]):
        Delivery.objects.filter(pk=key).update(state=state)
    found, proof = lookups.progress(campaign), lookups.verify(campaign)
    assert (found.queued, found.sending, found.deferred, found.open) == (4, 1, 1, 6)
    assert (found.audience, found.answered, proof.adds_up, proof.open) == (12, 6, True, 6)
    Delivery.objects.filter(campaign=campaign).first().delete()  # type: ignore[union-attr]
    assert not lookups.verify(campaign).adds_up
