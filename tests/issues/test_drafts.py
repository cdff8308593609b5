"""What a saved draft leaves in the row."""

import pytest

from masthead.issues import reading
from masthead.issues.models import Issue, Publication


@pytest.mark.django_db
def test_a_list_of_issues_shows_what_was_saved_last(publication: Publication) -> None:
    issue = Issue.objects.create(publication=publication, title="First words", excerpt="Kept in the draft.")
    issue.title, issue.excerpt = "Better words", "Changed in the draft."
    issue.save_revision()
    row = Issue.objects.get(pk=issue.pk)
    assert (row.title, row.excerpt) == ("Better words", "Kept in the draft.")
    assert reading.newest(row).excerpt == "Changed in the draft."


@pytest.mark.django_db
def test_a_draft_does_not_move_a_numbered_issue_to_another_language(publication: Publication) -> None:
    issue = Issue.objects.create(publication=publication, title="Numbered", language="en")
    Issue.objects.filter(pk=issue.pk).update(number=7)
    issue.refresh_from_db()
    issue.language = "fa"
    issue.save_revision()
    assert Issue.objects.get(pk=issue.pk).language == "en"
