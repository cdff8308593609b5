"""Every mail made, none sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from wagtail.rich_text import RichText

from masthead.audience.models import Subscriber
from masthead.delivery import dry_run
from masthead.delivery.models import Delivery, DryRun
from masthead.issues.models import Edition, Issue
from masthead.issues.rendering.edition import CannotRender
from masthead.mail.models import SingleMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(publication: Any) -> Issue:
    draft = Issue(publication=publication, title="The ferry", mail_mode="reader")
    draft.body = [("text", {"text": RichText("<p>Dear {{ name | “reader” }} of {{ city | “the coast” }}.</p>")})]
    draft.save()
    return draft


@pytest.fixture
def readers(make_subscriber: Any, mailing_list: Any) -> dict[str, Subscriber]:
    long = "Very long indeed " * 2_000
    return {
        "anna": make_subscriber("anna@example.org", mailing_list, name="Anna", attributes={"city": "Lyon"}),
        "ben": make_subscriber("ben@example.org", mailing_list, mail_format="text", attributes={"city": " "}),
        "cleo": make_subscriber("cleo@example.org", mailing_list, name="Cleo", mail_mode="excerpt"),
        "dora": make_subscriber("dora@example.org", mailing_list, name="Dora", attributes={"city": long}),
        "left": make_subscriber("gone@example.org", mailing_list, state="left"),
    }


def test_each_mail_is_made_and_what_is_odd_is_named(issue: Issue, readers: Any, mailing_list: Any, now: datetime) -> None:
    told: list[tuple[int, int]] = []
    report = dry_run.run(issue=issue, lists=[mailing_list], now=now, progress=lambda done, total: told.append((done, total)))
    assert (report.audience, report.made, report.error_count) == (4, 4, 0)
    assert report.empty == {"city": 2, "name": 1}
    assert report.variants == {"full html": 2, "full text": 1, "excerpt html": 1}
    assert report.samples["full text"] == readers["ben"].pk
    assert [one.id for one in report.outliers] == [readers["dora"].pk]
    assert report.smallest <= report.middle < report.largest
    assert told == [(4, 4)]
    assert "dora@" not in str(report.as_dict())
    assert not Edition.objects.exists() and not Delivery.objects.exists() and not SingleMail.objects.exists()


def test_a_reader_whose_mail_cannot_be_made_is_named_and_the_others_go_on(
    issue: Issue, readers: Any, mailing_list: Any, now: datetime
) -> None:
    Subscriber.objects.filter(pk=readers["anna"].pk).update(address="no address")
    report = dry_run.run(issue=issue, lists=[mailing_list], now=now)
    assert (report.made, report.error_count, report.is_fine) == (3, 1, False)
    assert report.errors[0].id == readers["anna"].pk and report.errors[0].what


def test_chunks_leave_nobody_out(
    issue: Issue, make_subscriber: Any, mailing_list: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "_CHUNK", 3)
    for number in range(9):
        make_subscriber(f"r{number}@example.org", mailing_list)
    assert dry_run.run(issue=issue, lists=[mailing_list], now=now).made == 9


def test_a_run_is_done_once_and_keeps_what_it_found(issue: Issue, readers: Any, mailing_list: Any, now: datetime) -> None:
    first = dry_run.open_run(issue=issue, lists=[mailing_list], by="t", now=now)
    second = dry_run.open_run(issue=issue, lists=[mailing_list], by="t", now=now)
    assert list(DryRun.objects.all()) == [second]
    dry_run.execute(run_id=first.pk, now=now)
    dry_run.execute(run_id=second.pk, now=now)
    dry_run.execute(run_id=second.pk, now=now)
    found = dry_run.newest(issue)
    assert found is not None
    assert (found.state, found.done, found.report["made"]) == ("finished", 4, 4)


def test_a_draft_that_cannot_be_shown_is_a_finding(
    issue: Issue, mailing_list: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(content: object) -> None:
        raise CannotRender("Block 1 cannot be shown.")

    monkeypatch.setattr(dry_run, "render", refuse)
    opened = dry_run.open_run(issue=issue, lists=[mailing_list], by="t", now=now)
    dry_run.execute(run_id=opened.pk, now=now)
    opened.refresh_from_db()
    assert (opened.state, opened.error) == ("failed", "Block 1 cannot be shown.")
