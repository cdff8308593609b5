"""What was sent to one reader, for the file of everything that is held about them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy

from masthead.audience.exporting import ALSO_HELD
from masthead.audience.models import Subscriber
from masthead.audience.retention import KINDS, Kept
from masthead.delivery.lookups import reader_history
from masthead.delivery.models import Delivery


def mails_of(subscriber: Subscriber) -> list[dict[str, object]]:
    """Each mail of a campaign, newest first: what it was, when its state was written (UTC), and the server's own words."""
    return [
        {
            "publication": mail.campaign.edition.publication.name,
            "issue": mail.campaign.edition.label or mail.campaign.edition.number,
            "title": mail.campaign.edition.title,
            "address": mail.subscriber.address if mail.subscriber else None,
            "outcome": Delivery.State(mail.state).name.lower(),
            "at": datetime.fromtimestamp(mail.at, UTC).isoformat(timespec="seconds") if mail.at is not None else None,
            "answer": " ".join(part for part in (str(mail.code or ""), mail.reply or "") if part) or None,
        }
        for mail in reader_history(subscriber).iterator(500)
    ]


def register() -> None:
    """Enter it in the file, and how long it is kept."""
    ALSO_HELD["mails"] = mails_of
    KINDS["mails"] = lambda: Kept(gettext_lazy("Which issues we sent you, and what became of each"))
