"""What is public, and what comes before and after it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from masthead.issues import freezing, lookups
from masthead.issues.models import Issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def publish(make_issue: Any, now: Any) -> Any:
    """A function: fields → the edition of an issue that is public since an hour."""

    def make(*, public: bool = True, **fields: Any) -> Any:
        issue = make_issue(**fields)
        edition = freezing.freeze(issue=issue, by="system", now=now)
        if public:
            Issue.objects.filter(pk=issue.pk).update(public_from=now - timedelta(hours=1))
        return lookups.edition_at(edition.publication, edition.number, edition.language)

    return make


def test_the_archive_has_what_is_public_newest_first(publish: Any, publication: Any, now: Any) -> None:
    first, hidden, third = publish(), publish(title="Hidden", public=False), publish(title="Third")
    publish(title="By mail only", visibility="mail_only")
    publish(title="Unlisted", visibility="unlisted")
    assert list(lookups.archive(publication, now=now)) == [third, first]
    assert lookups.newest(publication, now=now) == third
    assert lookups.neighbours(first, now=now) == (None, third)
    assert not lookups.is_public(hidden, now) and lookups.is_public(third, now)


def test_an_issue_becomes_public_by_itself(publish: Any, publication: Any, now: Any) -> None:
    edition = publish(public=False)
    Issue.objects.filter(pk=edition.issue_id).update(public_from=now + timedelta(hours=1))
    assert lookups.next_public_at(publication, now=now) == now + timedelta(hours=1)
    edition.issue.refresh_from_db()
    assert not lookups.is_public(edition, now) and lookups.is_public(edition, now + timedelta(hours=1))
    assert not lookups.archive(publication, now=now).exists()


def test_a_correction_takes_the_place_of_what_was_sent(publish: Any, publication: Any, now: Any) -> None:
    sent = publish()
    issue = sent.issue
    issue.title = "The ferry is nearly back"
    issue.save()
    corrected = freezing.freeze(issue=issue, by="system", now=now)
    assert lookups.edition_at(publication, 1971) == corrected
    assert [one.version for one in lookups.versions_of(issue)] == [2, 1]
    assert list(lookups.archive(publication, now=now)) == [corrected]


def test_a_rehearsal_is_nowhere(make_issue: Any, publication: Any, now: Any) -> None:
    issue = make_issue()
    rehearsal = freezing.freeze(issue=issue, by="system", now=now, test=True)
    Issue.objects.filter(pk=issue.pk).update(public_from=now)
    rehearsal.issue.refresh_from_db()
    assert not lookups.is_public(rehearsal, now)
    assert not lookups.archive(publication, now=now).exists() and lookups.edition_at(publication, 1971) is None


def test_translations_are_found_under_the_number_of_their_original(publish: Any, publication: Any, now: Any) -> None:
    original = publish()
    french = publish(title="Le bac est revenu", language="fr", translation_of=original.issue)
    assert lookups.edition_at(publication, 1971) == original
    assert lookups.edition_at(publication, 1971, "fr") == french
    assert lookups.edition_at(publication, 1971, "de") is None
    assert list(lookups.translations(original, now=now)) == [original, french]


def test_the_years_of_the_archive(publish: Any, publication: Any, now: Any) -> None:
    publish(date=date(2024, 5, 1))
    publish(title="Another", date=date(2026, 5, 1))
    assert lookups.years(publication, now=now) == [2026, 2024]
    assert [one.date.year for one in lookups.archive(publication, now=now, year=2024)] == [2024]
