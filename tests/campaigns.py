"""A campaign that is being sent, for tests outside of delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from masthead.audience.models import MailingList
from masthead.delivery.models import Campaign
from masthead.issues.models import Edition, Issue


def under_way(publication: Any, mailing_list: MailingList, now: datetime, **of_the_edition: Any) -> Campaign:
    """No. 1971, being sent to nobody yet."""
    issue = Issue.objects.create(publication=publication, number=1971, title="The ferry runs again")
    edition = Edition.objects.create(
        publication=publication,
        issue=issue,
        version=1,
        number=1971,
        label="1971",
        language="en",
        direction="ltr",
        slug="ferry",
        date=now.date(),
        title=issue.title,
        subject=issue.title,
        visibility="public",
        mail_mode="full",
        renderer_version=1,
        digest="0" * 64,
        created_at=now,
        by="system",
        **of_the_edition,
    )
    made = Campaign.objects.create(
        edition=edition, state="sending", starts_at=now, mail_mode="full", by="staff:1", created_at=now
    )
    made.lists.add(mailing_list)
    return made
