"""An issue taken off the site for good, which may not happen under a sending."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.delivery.models import ENDED, Campaign
from masthead.issues import numbering
from masthead.issues.models import Issue


class StillSending(Exception):
    """A campaign of the issue has not ended."""

    def __init__(self) -> None:
        super().__init__(_("This issue is being sent, or will be. Cancel the sending first; then the issue can be withdrawn."))


def withdraw(*, issue: Issue, reason: str, by: str, now: datetime) -> None:
    """Take `issue` off the site; its numbers stay taken and say when and why. Mails that left stay with their readers.

    Raises StillSending, and numbering.NoNumber for an issue that never had a number or whose `reason` is too long.
    """
    with transaction.atomic():
        # Whoever starts a sending takes the same lock (`numbering.take`).
        issue = Issue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
        going_on = Campaign.objects.filter(edition__issue=issue, edition__is_test=False)
        if going_on.exclude(state__in=[*ENDED, Campaign.State.DRAFT]).exists():
            raise StillSending
        numbering.withdraw(issue=issue, reason=reason, by=by, now=now)
