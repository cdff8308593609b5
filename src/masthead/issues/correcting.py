"""A corrected version of an issue that is public: page, feeds and archive say it at once, and no mail leaves.

Who got the mail keeps it; the page as it was mailed stays beside the corrected one. A sending under way goes on with its Edition.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from masthead.audit import recording
from masthead.issues import freezing, lookups
from masthead.issues.models import Edition, Issue


class NothingToCorrect(Exception):
    """The issue is not public, or its draft says what is public already; the text says which."""


def correct(*, issue: Issue, by: str, now: datetime, note: str = "") -> Edition:
    """Make the newest draft of `issue` its public version; `note`, if given, is what its dated correction says above the text.

    Raises NothingToCorrect, and freezing.NotReady for a draft that cannot be frozen.
    """
    if not issue.publication.is_live or issue.public_from is None or issue.public_from > now:
        raise NothingToCorrect(_("The issue is not public yet. What is changed now is in the version that is sent."))
    with transaction.atomic():
        if note:
            _write_note(issue, note)
        before = lookups.versions_of(issue).first()
        edition = freezing.freeze(issue=issue, by=by, now=now, mail_mode="none")
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


def _write_note(issue: Issue, note: str) -> None:
    draft: Issue = Issue.objects.select_for_update().get(pk=issue.pk).get_latest_revision_as_object()
    draft.correction_note = note
    draft.full_clean(exclude=[field.name for field in Issue._meta.fields if field.name != "correction_note"])
    draft.save_revision()
