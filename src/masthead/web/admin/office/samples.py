"""The sample issue that a new bulletin begins with: something to look at, to change, to send to oneself."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from masthead.audience import consent, subscribers
from masthead.audience.models import MailingList
from masthead.issues import drafting
from masthead.issues.models import Issue, Publication
from masthead.team.models import User

_TEXT = Path(__file__).parent / "sample_issue.md"


def write(*, publication: Publication, by: str, now: datetime) -> Issue:
    """A draft that shows what an issue can hold."""
    return drafting.create_from_file(
        publication=publication,
        path=_TEXT,
        title=_("A first look at %(name)s") % {"name": publication.name},
        byline="",
        excerpt=_("This is a sample. Change every word of it, look at it as mail, page and text, and send it to yourself."),
        by=by,
        now=now,
        plans=False,
    )


def invite(*, person: User, mailing_list: MailingList, now: datetime) -> None:
    """Make the one who sets up the first reader: so the first rehearsal has somebody to go to.

    An address that gets no mail here is left alone.
    """
    reader = subscribers.find(person.email)
    if reader is None:
        reader = subscribers.create(address=person.email, name=person.name, source="first run", now=now)
    with contextlib.suppress(consent.AddressSuppressed):
        reason = _("Set up this bulletin and reads it first.")
        consent.add_by_staff(subscriber=reader, lists=[mailing_list], reason=reason, by=person.actor, now=now)


def newest() -> Issue | None:
    """The issue most recently begun."""
    found: Issue | None = Issue.objects.select_related("publication").order_by("-id").first()
    return found
