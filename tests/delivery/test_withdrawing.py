"""Issues taken off the site for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wagtail.rich_text import RichText

from masthead.audience.models import MailingList
from masthead.audit.models import Entry
from masthead.delivery import campaigns, following, withdrawing
from masthead.delivery.models import Campaign
from masthead.issues import freezing, lookups, numbering
from masthead.issues.models import Issue

pytestmark = pytest.mark.django_db
State = Campaign.State


@pytest.fixture
def sent(publication: Any, mailing_list: Any, reader: Any, now: Any) -> Campaign:
    """A finished campaign of a public issue."""
    issue = Issue(publication=publication, title="Low water", excerpt="Twelve minutes.")
    issue.body = [("text", {"text": RichText("<p>The harbour clock and the sea disagree.</p>")})]
    issue.save()
    issue.save_revision()
    campaign = campaigns.publish_and_send(issue=issue, lists=[mailing_list], starts_at=None, by="test", now=now)
    Campaign.objects.filter(pk=campaign.pk).update(state=State.FINISHED, started_at=now)
    Issue.objects.update(public_from=now)
    campaign.refresh_from_db()
    return campaign


def test_not_while_it_is_sent(sent: Campaign, now: Any) -> None:
    issue = sent.edition.issue
    for state in (State.SCHEDULED, State.PREPARING, State.SENDING, State.PAUSED):
        Campaign.objects.update(state=state)
        with pytest.raises(withdrawing.StillSending):
            withdrawing.withdraw(issue=issue, reason="", by="test", now=now)
    assert lookups.tombstone(issue.publication, issue.number or 0) is None


def test_once_withdrawn_it_is_neither_published_nor_sent_again(sent: Campaign, make_subscriber: Any, now: Any) -> None:
    issue = sent.edition.issue
    others = MailingList.objects.create(name="Harbour", slug="harbour")
    make_subscriber("omid@example.org", others)
    withdrawing.withdraw(issue=issue, reason="It named a child.", by="staff:1", now=now + timedelta(days=1))
    issue.refresh_from_db()
    assert issue.public_from is None
    stone = lookups.tombstone(issue.publication, issue.number or 0)
    assert stone is not None and stone.reason == "It named a child."
    assert Entry.objects.get(action="issue.withdrawn").by == "staff:1"
    issue.title = "The same once more"
    issue.save_revision()
    with pytest.raises(freezing.NotReady, match="was withdrawn and stays so"):
        campaigns.publish_and_send(issue=issue, lists=[others], starts_at=None, by="test", now=now)
    for reach in (Campaign.Reach.JOINED, Campaign.Reach.MISSED):
        with pytest.raises(numbering.NoNumber, match="was withdrawn and stays so"):
            following.send_to_rest(issue=issue, lists=list(sent.lists.all()), reach=reach, starts_at=None, by="test", now=now)
    assert Campaign.objects.count() == 1


def test_a_reason_has_a_length(sent: Campaign, now: Any) -> None:
    with pytest.raises(numbering.NoNumber, match="more than 300"):
        withdrawing.withdraw(issue=sent.edition.issue, reason="x" * 301, by="test", now=now)
