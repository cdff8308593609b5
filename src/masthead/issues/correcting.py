"""A corrected version of an issue that is public: page, feeds and archive say it at once, and no mail leaves.

Who got the mail keeps it; the page as it was mailed stays beside the corrected one. A sending under way goes on with its Edition.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit import recording
from masthead.issues import drafting, freezing, lookups
from masthead.issues.models import Edition, Issue


class NothingToCorrect(Exception):
    """The issue is not public, or its draft says what is public already; the text says which."""


def correct(*, issue: Issue, by: str, now: datetime, note: str = "") -> Edition:
    """Make the newest draft of `issue` its public version; `note`, if given, is what its dated correction says above the text.

    Raises NothingToCorrect, freezing.NotReady for a draft that cannot be frozen, and BadManuscript
    for a note that is too long: then nothing is changed.
    """
    if not issue.publication.is_live or issue.public_from is None or issue.public_from > now:
        raise NothingToCorrect(_("The issue is not public yet. What is changed now is in the version that is sent."))
    prepared = freezing.prepare(issue=issue, now=now, mail_mode="none")
    if note:
        drafting.set_correction_note(issue=issue, note=note)
        prepared = freezing.prepare(issue=issue, now=now, mail_mode="none")
    with transaction.atomic():
        before = lookups.versions_of(issue).first()
        edition = freezing.freeze(issue=issue, by=by, now=now, prepared=prepared, mail_mode="none")
        if edition == before:
            raise NothingToCorrect(_("The draft says what is public already."))
        recording.record(
            action="issue.corrected",
            by=by,
            now=now,
            subject=f"issue:{issue.pk}",
            details={"version": edition.version, "note": note},
        )
    return edition
