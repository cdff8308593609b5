"""Ready: somebody answered for exactly what the newest draft says. Any edit ends it, because the digest is another.

Never the id of a revision: autosave rewrites the newest revision in place, so an approved id proves nothing.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from masthead.audit import recording
from masthead.issues import preflight, reading
from masthead.issues.content import Masthead, digest
from masthead.issues.freezing import NotReady
from masthead.issues.models import Issue
from masthead.issues.reading import Draft


def mark_ready(*, issue: Issue, by: str, now: datetime) -> None:
    """Answer for the newest draft. Raises NotReady while a check blocks."""
    draft = reading.read(reading.newest(issue), now=now)
    problems = [f"{finding.message} {finding.fix}" for finding in preflight.findings_of(draft) if finding.level == "block"]
    if problems:
        raise NotReady(problems)
    issue.ready_digest, issue.ready_by, issue.ready_at = _digest(draft), by, now
    with transaction.atomic():
        issue.save(update_fields=["ready_digest", "ready_by", "ready_at"])
        recording.record(
            action="issue.ready", by=by, now=now, subject=f"issue:{issue.pk}", details={"digest": issue.ready_digest}
        )


def is_ready(issue: Issue, *, now: datetime | None = None) -> bool:
    """Whether the newest draft is what was answered for."""
    if not issue.ready_digest:
        return False
    moment = now or issue.ready_at
    if moment is None:
        return False
    return issue.ready_digest == _digest(reading.read(reading.newest(issue), now=moment))


def fingerprint(issue: Issue, *, now: datetime) -> str:
    """What stands for all that editors wrote into the newest draft of `issue`: equal as long as nothing is changed."""
    return _digest(reading.read(reading.newest(issue), now=now))


def _digest(draft: Draft) -> str:
    """The digest of what editors write: without what the clock, the numbers of others and the publication's settings add."""
    issue = draft.issue
    written = dataclasses.replace(
        draft.content,
        masthead=Masthead(name="", base_url=""),
        number=issue.planned_number or 0,
        label=issue.label,
        date=issue.date or date.min,
        corrected_on=None,
        url="",
        as_sent_url="",
    )
    rest = f"{issue.planned_last_number or ''} {issue.mode} {issue.slug}"
    return sha256(f"{digest(written)} {rest}".encode()).hexdigest()
