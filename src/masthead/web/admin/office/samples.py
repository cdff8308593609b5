"""The sample issue that a new bulletin begins with: something to look at, to change, to send to oneself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from masthead.issues import drafting
from masthead.issues.models import Issue, Publication

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
    )


def newest() -> Issue | None:
    """The issue most recently begun."""
    found: Issue | None = Issue.objects.select_related("publication").order_by("-id").first()
    return found
