"""The mail of a draft as SpamAssassin judges it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from masthead.common import spamassassin
from masthead.common.spamassassin import CannotScore, Rule, Score
from masthead.delivery import spam_scoring
from masthead.delivery.composing import copy_of_text
from masthead.delivery.models import SpamScore
from masthead.delivery.rendering import Reader, Renderer
from masthead.issues import drafting
from masthead.issues.models import Issue
from masthead.issues.rendering.edition import render
from tests.common.test_spamassassin import installed
from tests.issues.rendering.samples import WHOLE

LOW = Score(0.3, 5.0, (Rule(0.3, "HTML_SHORT", "Few words"),))
HIGH = Score(6.1, 5.0, (Rule(4.0, "FUZZY", "Odd words"), Rule(2.2, "CAPS", "All capitals"), Rule(-0.1, "OK", "Fine")))


@pytest.fixture
def issue(publication: Any, now: datetime, tmp_path: Path) -> Issue:
    path = tmp_path / "issue.md"
    path.write_text("The boats are back, and the harbour smells of tar.\n")
    return drafting.create_from_file(publication=publication, path=path, title="Boats", by="command line", now=now, byline="")


def answer(monkeypatch: pytest.MonkeyPatch, score: Score | Exception) -> None:
    def said(raw: bytes) -> Score:
        if isinstance(score, Exception):
            raise score
        return score

    monkeypatch.setattr(spamassassin, "score", said)


def asked(issue: Issue, now: datetime) -> SpamScore:
    spam_scoring.ask(issue=issue, now=now)
    spam_scoring.execute(issue_id=issue.pk, now=now)
    return SpamScore.objects.get()


@installed
@pytest.mark.parametrize("name", ["english", "persian"])
def test_a_whole_issue_has_less_than_one_point(name: str, publication: Any, now: datetime) -> None:
    content = WHOLE[name]
    copy = copy_of_text(
        render(replace(content, masthead=replace(content.masthead, base_url="https://courier.example"))),
        publication=publication,
        number=content.number,
        mail_mode="full",
        list_name=publication.name,
        list_slug=publication.slug,
        reference="c1",
        is_test=False,
    )
    reader = Reader("rosa@example.net", name="Rosa Marin")
    score = spamassassin.score(Renderer(copy).render(reader, delivery_id=1, date=int(now.timestamp())).raw)
    assert score.points < 1.0, score.rules


@installed
def test_a_draft_is_scored_by_the_real_one(issue: Issue, now: datetime) -> None:
    row = asked(issue, now)
    assert (row.state, row.error) == (SpamScore.State.FINISHED, "")
    assert row.points < 1.0, row.rules
    assert spam_scoring.is_current(row, now=now)


def test_a_low_score_is_no_finding_and_a_high_one_names_what_adds_to_it(
    issue: Issue, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, LOW)
    asked(issue, now)
    assert spam_scoring.findings(issue, now=now) == []
    answer(monkeypatch, HIGH)
    asked(issue, now)
    (found,) = spam_scoring.findings(issue, now=now)
    assert (found.id, found.level) == ("spam-score", "warn")
    assert "6.1 points" in found.message
    assert found.fix == "What adds to it: Odd words (+4.0); All capitals (+2.2)."


def test_a_score_is_of_one_text(issue: Issue, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, HIGH)
    row = asked(issue, now)
    drafting.set_words_of_mail(issue=issue, subject="Other words", preheader="", by="staff:1", now=now + timedelta(minutes=1))
    assert not spam_scoring.is_current(row, now=now)
    assert spam_scoring.findings(issue, now=now) == []


def test_why_there_is_no_score_is_kept(issue: Issue, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, CannotScore("SpamAssassin took more than two minutes."))
    row = asked(issue, now)
    assert (row.state, row.error) == (SpamScore.State.FAILED, "SpamAssassin took more than two minutes.")
    assert spam_scoring.findings(issue, now=now) == []


def test_nobody_waits_twice(issue: Issue, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, LOW)
    asked(issue, now)
    answer(monkeypatch, HIGH)
    spam_scoring.execute(issue_id=issue.pk, now=now)
    spam_scoring.execute(issue_id=issue.pk + 1, now=now)
    assert SpamScore.objects.get().points == LOW.points
