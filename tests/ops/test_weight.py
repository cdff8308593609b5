"""The newest issue against what a relay takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from masthead.audience.models import MailingList
from masthead.delivery.models import Campaign
from masthead.issues.models import Edition
from masthead.mail.transports.base import Step
from masthead.ops.doctor import weight
from masthead.ops.doctor.dns import SystemResolver
from masthead.ops.doctor.examining import Outside, examine
from tests.campaigns import under_way

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(publication: Any, mailing_list: MailingList, now: datetime) -> Campaign:
    """No. 1971, being sent to nobody yet."""
    texts = {"text_full": "The ferry runs again.\n", "mail_html_full": "<p>The ferry runs again.</p>"}
    return under_way(publication, mailing_list, now, **texts)


def results(campaign: Campaign, most: int, settings: Any, now: datetime) -> list[str]:
    settings.SMTP_URL = "smtp://mx.tidewater-courier.example:587"
    outside = Outside(resolver=SystemResolver(["127.0.0.1:9"]), probe=lambda config: [Step("features", True, "Offers.", most)])
    rows = examine(publications=[campaign.edition.publication], outside=outside, now=now)
    return [row.result for row in rows if row.check == "size"]


def test_an_issue_that_is_too_heavy_for_the_relay_fails_before_it_is_sent(
    campaign: Campaign, settings: Any, now: datetime
) -> None:
    found = weight.newest([campaign.edition.publication], now)
    assert found is not None
    assert found.label == "1971"
    assert results(campaign, found.size - 1, settings, now) == ["fail"]
    assert results(campaign, found.size, settings, now) == ["pass"]


def test_a_relay_without_a_limit_and_an_install_without_an_issue_are_not_judged(
    campaign: Campaign, settings: Any, now: datetime
) -> None:
    assert results(campaign, 0, settings, now) == []
    publication = campaign.edition.publication
    Campaign.objects.all().delete()
    assert Edition.objects.exists()
    assert weight.newest([publication], now) is None
