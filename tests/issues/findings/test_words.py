"""Words: leftovers, subject, dates, promises."""

from __future__ import annotations

from typing import Any

import pytest

from masthead.issues.blocks.file import FileBlock
from masthead.issues.blocks.text import TextBlock


@pytest.mark.parametrize("words", ["The price is TK.", "TODO: ask Leo", "Lorem ipsum dolor", "XXX"])
def test_a_placeholder_is_stopped(text: Any, words: str) -> None:
    assert text(f"<p>{words}</p>")["placeholder"].level == "block"


@pytest.mark.parametrize("words", ["Todo está bien.", "The todo list", "ATK and TKO", "xxx"])
def test_ordinary_words_are_no_placeholder(text: Any, words: str) -> None:
    assert text(f"<p>{words}</p>") == {}


@pytest.mark.parametrize(
    "words", ["Dear {{ name }}", "Dear {{ name | dear }}", "Dear %%FNAME%%", "Dear *|FNAME|*", "Dear {{x.__class__}}"]
)
def test_a_tag_that_is_no_merge_field_is_stopped(text: Any, words: str) -> None:
    assert text(f"<p>{words}</p>")["merge-field"].level == "block"


def test_a_merge_field_with_its_fallback_is_fine(text: Any) -> None:
    assert text('<p>Dear {{ name | "reader" }}, the ferry is back.</p>') == {}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("Ferry", "subject-length"), ("A" + "b" * 90, "subject-length"), ("THE FERRY IS BACK", "subject-capitals")],
)
def test_a_poor_subject_is_a_warning(findings: Any, subject: str, expected: str) -> None:
    assert findings(subject=subject)[expected].level == "warn"


def test_a_subject_used_before_is_a_warning(findings: Any) -> None:
    assert "subject-used" in findings({"earlier_subjects": frozenset({"the ferry at last"})}, subject="The ferry at last")


def test_a_preview_line_that_repeats_the_subject_is_a_warning(findings: Any) -> None:
    assert "preheader-repeats" in findings(subject="The ferry at last", preheader="The ferry at last")


def test_attached_without_a_file_is_a_warning(findings: Any) -> None:
    body = (TextBlock("<p>The timetable is attached.</p>"),)
    assert "attachment-missing" in findings(body=body)
    file = FileBlock("Timetable", "https://courier.example.org/m/a.pdf", kind="PDF", size=10)
    assert "attachment-missing" not in findings(body=(*body, file))


def test_an_old_year_after_the_sign_is_a_warning(text: Any) -> None:
    assert "copyright-year" in text("<p>© 2019 The Courier</p>")
    assert "copyright-year" not in text("<p>© 2019–2026 The Courier</p>")
