"""Corrections on the command line."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner
from wagtail.rich_text import RichText

from masthead.cli.main import masthead
from masthead.issues import freezing
from masthead.issues.models import Edition, Issue, TakenNumber

pytestmark = pytest.mark.django_db


@pytest.fixture
def public(publication: Any, now: datetime) -> Issue:
    """No. 1971, public."""
    issue = Issue(publication=publication, title="Low water", excerpt="Twelve minutes, every Thursday.")
    issue.body = [("text", {"text": RichText("<p>The harbour clock and the sea disagree.</p>")})]
    issue.save()
    issue.save_revision()
    freezing.freeze(issue=issue, by="test", now=now)
    Issue.objects.filter(pk=issue.pk).update(public_from=now)
    return issue


def test_a_correction_is_published_by_number_and_only_where_something_changed(public: Issue) -> None:
    again = CliRunner().invoke(masthead, ["issue", "correct", "1971"])
    assert (again.exit_code, Edition.objects.count()) == (1, 1)
    assert "The draft says what is public already." in again.output
    done = CliRunner().invoke(masthead, ["issue", "correct", "1971", "--note", "The last boat leaves at 22:40.", "--json"])
    assert json.loads(done.output) == {"number": 1971, "version": 2}
    assert Edition.objects.get(version=2).correction_note == "The last boat leaves at 22:40."


def test_an_issue_is_withdrawn_by_number(public: Issue) -> None:
    done = CliRunner().invoke(masthead, ["issue", "withdraw", "1971", "--reason", "It named a child."])
    assert (done.exit_code, done.output) == (0, "No. 1971 is withdrawn.\n")
    assert TakenNumber.objects.get(number=1971).reason == "It named a child."
    public.refresh_from_db()
    assert public.public_from is None


def test_a_draft_is_found_by_the_number_that_the_desk_shows_for_it(publication: Any) -> None:
    for title in ("Low water", "High water"):
        Issue.objects.create(publication=publication, title=title)
    done = CliRunner().invoke(masthead, ["issue", "withdraw", "1971"])
    assert "has no number of its own" in done.output
    assert "has no issue No. 1972" in CliRunner().invoke(masthead, ["issue", "withdraw", "1972"]).output
