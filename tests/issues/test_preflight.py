"""Pre-flight on an issue in the database: what the checks get to know."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from masthead.issues import freezing, preflight
from masthead.issues.models import Issue

pytestmark = pytest.mark.django_db


def ids(issue: Any, now: Any) -> set[str]:
    return {finding.id for finding in preflight.check(issue, now=now)} - {"base-url-local"}


def test_a_good_issue_passes(issue: Any, now: Any) -> None:
    assert ids(issue, now) == set()


def test_blocking_findings_come_first(make_issue: Any, prose: Any, now: Any) -> None:
    found = preflight.check(make_issue(title="", body=[prose("<p><b>Fake</b></p><p>TODO</p>")]), now=now)
    levels = [finding.level for finding in found]
    assert levels == sorted(levels, key=lambda level: level != "block") and {"block", "warn"} == set(levels)


def test_an_unsaved_form_can_be_checked(publication: Any, now: Any) -> None:
    assert {"title-missing", "body-empty"} <= ids(Issue(publication=publication), now)


def test_a_taken_number_and_a_gap_are_found(make_issue: Any, now: Any) -> None:
    freezing.freeze(issue=make_issue(), by="system", now=now)
    assert "number" in ids(make_issue(title="Another headline", planned_number=1971), now)
    assert "number-gap" in ids(make_issue(title="Another headline", planned_number=1999), now)
    early = make_issue(title="Another headline", date=date(2020, 1, 1))
    assert "number-gap" in ids(early, now)


def test_a_subject_used_before_is_found(make_issue: Any, now: Any) -> None:
    freezing.freeze(issue=make_issue(subject="The ferry at last"), by="system", now=now)
    assert "subject-used" in ids(make_issue(subject="The ferry at last", title="Another headline"), now)


def test_a_link_to_an_issue_that_is_not_public_yet_is_found(make_issue: Any, prose: Any, now: Any) -> None:
    publication_url = "https://courier.example.org"
    first = make_issue()
    first.publication.base_url = publication_url
    first.publication.save()
    freezing.freeze(issue=first, by="system", now=now)
    body = [prose(f'<p>See <a href="{publication_url}/issues/1971/">the issue before this one</a>.</p>')]
    second = make_issue(title="Another headline", body=body, publication=first.publication)
    assert "link-not-public" in ids(second, now)
    Issue.objects.filter(pk=first.pk).update(public_from=now - timedelta(minutes=1))
    assert "link-not-public" not in ids(second, now)


def test_a_table_too_wide_and_a_missing_picture_block(make_issue: Any, now: Any) -> None:
    table = {"type": "table", "value": {"rows": "a|b|c|d|e|f|g", "header": True}}
    image = {"type": "image", "value": {"image": {"image": None, "alt_text": "", "decorative": False}}}
    places = {finding.place for finding in preflight.check(make_issue(body=[table, image]), now=now) if finding.id == "file"}
    assert places == {"block 1", "block 2"}


@pytest.mark.parametrize(
    ("server", "live", "stops"),
    [
        ("smtp://mail.example.org", True, True),
        ("smtp://mail.example.org", False, False),
        ("smtp://127.0.0.1:2525", True, False),
        ("", True, False),
    ],
)
def test_mail_that_leaves_is_stopped_by_an_address_of_this_machine(
    make_issue: Any, settings: Any, now: Any, server: str, live: bool, stops: bool
) -> None:
    settings.SMTP_URL = server
    issue = make_issue()
    issue.publication.is_live = live
    issue.publication.save()
    if stops:
        with pytest.raises(freezing.NotReady, match="only on this machine"):
            freezing.freeze(issue=issue, by="system", now=now)
    else:
        freezing.freeze(issue=issue, by="system", now=now)
