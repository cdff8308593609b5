"""A campaign of the cast's bulletin, ready to begin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from masthead.delivery import starting
from masthead.delivery.ledger import ranges
from masthead.delivery.ledger.ranges import Claim
from masthead.delivery.models import Campaign, Range
from masthead.issues.models import Edition, Issue

HTML = "<html lang='en' dir='ltr'><head><title>t</title></head><body>{} {{{{unsubscribe_url}}}}</body></html>"
TEXT = (
    "{} for {{{{f0}}}}: {{{{unsubscribe_url}}}} {{{{preferences_url}}}} {{{{view_url}}}} {{{{subscribe_url}}}}"
    " {{{{address_masked}}}}\n"
)


@pytest.fixture
def edition(publication: Any, now: datetime) -> Edition:
    issue = Issue.objects.create(publication=publication, number=1971, title="The ferry runs again")
    return Edition.objects.create(
        publication=publication,
        issue=issue,
        version=1,
        number=1971,
        label="1971",
        language="en",
        direction="ltr",
        slug="ferry",
        date=now.date(),
        title="The ferry runs again",
        subject="The ferry runs again",
        visibility="public",
        mail_mode="full",
        mail_html_full=HTML.format("full"),
        mail_html_excerpt=HTML.format("excerpt"),
        text_full=TEXT.format("full"),
        text_excerpt=TEXT.format("excerpt"),
        slots={"f0": {"field": "city", "fallback": "your town"}},
        renderer_version=1,
        digest="0" * 64,
        created_at=now,
        by="system",
    )


@pytest.fixture
def campaign(edition: Edition, mailing_list: Any, now: datetime) -> Campaign:
    """Scheduled for now."""
    made = Campaign.objects.create(
        edition=edition, state=Campaign.State.SCHEDULED, starts_at=now, mail_mode="full", by="staff:1", created_at=now
    )
    made.lists.add(mailing_list)
    return made


@pytest.fixture
def claim(campaign: Campaign, reader: Any, make_subscriber: Any, mailing_list: Any, now: datetime) -> Claim:
    """The one range of the campaign, begun for two readers, in this worker's hands."""
    make_subscriber("second@example.org", mailing_list)
    starting.start(campaign_id=campaign.pk, now=now)
    found = ranges.claim(Range.objects.get().pk)
    assert found is not None
    return found
