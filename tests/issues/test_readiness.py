"""Ready means: somebody answered for exactly this."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from masthead.audit.models import Entry
from masthead.issues import freezing, readiness
from masthead.issues.freezing import NotReady
from masthead.issues.models import Issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(issue: Any, now: Any) -> Any:
    readiness.mark_ready(issue=issue, by="staff:1", now=now)
    return issue


def test_it_says_who_and_when(ready: Any, now: Any) -> None:
    ready.refresh_from_db()
    assert (ready.ready_by, ready.ready_at) == ("staff:1", now)
    assert readiness.is_ready(ready)
    assert Entry.objects.get(action="issue.ready").by == "staff:1"


def test_an_issue_nobody_answered_for_is_not_ready(issue: Any) -> None:
    assert not readiness.is_ready(issue)


@pytest.mark.parametrize(
    "change",
    [{"title": "Another"}, {"excerpt": "x"}, {"subject": "Another one"}, {"mail_mode": "excerpt"}, {"planned_number": 1980}],
)
def test_any_edit_ends_it_even_if_autosave_keeps_the_revision(ready: Any, change: dict[str, Any]) -> None:
    revision = ready.save_revision()
    assert readiness.is_ready(Issue.objects.get(pk=ready.pk))
    for name, value in change.items():
        setattr(ready, name, value)
    ready.save()
    assert ready.save_revision(overwrite_revision=revision).pk == revision.pk
    assert not readiness.is_ready(Issue.objects.get(pk=ready.pk))


def test_taking_the_edit_back_makes_it_ready_again(ready: Any) -> None:
    for title in ("Another", "The ferry is back"):
        ready.title = title
        ready.save()
        ready.save_revision()
    assert readiness.is_ready(Issue.objects.get(pk=ready.pk))


def test_neither_the_clock_nor_other_issues_nor_the_publication_end_it(ready: Any, make_issue: Any, now: Any) -> None:
    freezing.freeze(issue=make_issue(title="Another issue"), by="system", now=now)
    ready.publication.refresh_from_db()
    ready.publication.tagline = "News of both shores"
    ready.publication.save()
    assert readiness.is_ready(Issue.objects.get(pk=ready.pk), now=now + timedelta(days=40))


def test_another_picture_under_the_same_name_ends_it(make_issue: Any, library_image: Any, picture_bytes: Any, now: Any) -> None:
    from django.core.files.base import ContentFile

    image = library_image()
    issue = make_issue(lead_image=image, lead_image_alt="A ferry")
    readiness.mark_ready(issue=issue, by="staff:1", now=now)
    image.file = ContentFile(picture_bytes(size=(900, 700)), name="ferry.jpg")
    image._set_image_file_metadata()
    image.save()
    assert not readiness.is_ready(Issue.objects.get(pk=issue.pk))


def test_a_blocking_finding_stands_in_the_way(make_issue: Any, prose: Any, now: Any) -> None:
    issue = make_issue(body=[prose("<p>The price is TK.</p>")])
    with pytest.raises(NotReady, match="TK"):
        readiness.mark_ready(issue=issue, by="staff:1", now=now)
    assert not readiness.is_ready(issue)


def test_a_revert_does_not_bring_back_what_verbs_decided(ready: Any, now: Any) -> None:
    old = ready.save_revision()
    Issue.objects.filter(pk=ready.pk).update(ready_digest="", ready_by="", public_from=now)
    found = Issue.objects.get(pk=ready.pk).revisions.get(pk=old.pk).as_object()
    assert (found.ready_digest, found.ready_by, found.public_from) == ("", "", now)
