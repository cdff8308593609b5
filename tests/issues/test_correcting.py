"""A correction is public at once, keeps its number, and asks nobody's mailbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from wagtail.rich_text import RichText

from masthead.audit.models import Entry
from masthead.issues import correcting, freezing, lookups
from masthead.issues.manuscripts.neutral import BadManuscript
from masthead.issues.models import Issue


@pytest.fixture
def published(make_issue: Callable[..., Any], now: datetime) -> Issue:
    """No. 1971, public for an hour."""
    issue: Issue = make_issue()
    issue.save_revision()
    freezing.freeze(issue=issue, by="test", now=now - timedelta(hours=1))
    Issue.objects.filter(pk=issue.pk).update(public_from=now - timedelta(hours=1))
    issue.refresh_from_db()
    return issue


def test_the_draft_becomes_the_public_version_with_its_note(published: Issue, now: datetime) -> None:
    published.title = "The ferry is almost back"
    published.save_revision()
    corrected = correcting.correct(issue=published, by="staff:1", now=now, note="She crosses next week.")
    shown = lookups.edition_at(published.publication, 1971)
    assert shown == corrected
    assert (corrected.version, corrected.number, corrected.title) == (2, 1971, "The ferry is almost back")
    assert "She crosses next week." in corrected.web_html
    assert Entry.objects.get(action="issue.corrected").by == "staff:1"


def test_what_says_the_same_is_no_correction(published: Issue, now: datetime) -> None:
    with pytest.raises(correcting.NothingToCorrect, match="public already"):
        correcting.correct(issue=published, by="test", now=now)
    assert lookups.versions_of(published).count() == 1


@pytest.mark.parametrize("since", [None, timedelta(hours=1)])
def test_what_is_not_public_yet_is_not_corrected(published: Issue, now: datetime, since: timedelta | None) -> None:
    published.public_from = now + since if since else None
    with pytest.raises(correcting.NothingToCorrect, match="not public yet"):
        correcting.correct(issue=published, by="test", now=now)


def test_a_correction_must_pass_the_checks_and_leaves_nothing_when_it_does_not(published: Issue, now: datetime) -> None:
    published.title = ""
    published.save_revision()
    with pytest.raises(freezing.NotReady):
        correcting.correct(issue=published, by="test", now=now, note="Now without a headline.")
    assert lookups.versions_of(published).count() == 1
    assert published.get_latest_revision_as_object().correction_note == ""


def test_a_note_that_is_too_long_is_named_and_nothing_is_public(published: Issue, now: datetime) -> None:
    with pytest.raises(BadManuscript, match="The note has 601 characters; at most 600 fit"):
        correcting.correct(issue=published, by="test", now=now, note="x" * 601)
    assert lookups.versions_of(published).count() == 1


def test_no_mail_leaves_so_none_can_be_too_large(published: Issue, now: datetime) -> None:
    published.body = [("text", {"text": RichText("<p>The ferry is back, and nobody is seasick.</p>" * 3000)})]
    published.save_revision()
    assert correcting.correct(issue=published, by="test", now=now).version == 2
