"""Dates: weekdays, terms that are over, issues dated back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("language", "words", "wrong"),
    [
        ("en", "on Monday, 23 November 2026", False),
        ("en", "on Tuesday, 23 November 2026", True),
        ("en", "on Tuesday, November 23", True),
        ("en", "on Monday the 23 November", False),
        ("fr", "le lundi 23 novembre", False),
        ("fr", "le mardi 23 novembre", True),
        ("es", "el martes 23 de noviembre de 2026", True),
        ("de", "am Dienstag, 23. November", True),
        ("en", "on Monday, 31 February", True),
        ("fa", "پنجشنبه ۵ آذر ۱۴۰۵", False),
        ("fa", "دوشنبه ۵ آذر", True),
        ("ar", "الاثنين ٢٣ نوفمبر ٢٠٢٦", False),
        ("ar", "الثلاثاء ٢٣ نوفمبر ٢٠٢٦", True),
        ("xx-unknown", "on Tuesday, 23 November 2026", False),
    ],
)
def test_a_date_with_the_wrong_weekday_is_a_warning(text: Any, language: str, words: str, wrong: bool) -> None:
    assert ("weekday" in text(f"<p>We meet {words}.</p>", language=language, date=date(2026, 11, 20))) is wrong


@pytest.mark.parametrize(
    ("language", "words", "over"),
    [
        ("en", "Register by Friday, 6 November.", True),
        ("en", "Register by November 6, 2026.", True),
        ("en", "Register by 27 November.", False),
        ("en", "Register by 2026-11-06.", True),
        ("en", "Register by 20 November.", False),  # the day itself
        ("en", "Register by 6 January.", False),  # of the next year
        ("en", "It ran until 6 November 1953.", False),  # history
        ("en", "It happened on 6 November.", False),
        ("en", "Register by 31 February 2026.", False),  # no day at all
        ("fr", "Inscriptions jusqu’au 6 novembre 2026.", True),
        ("es", "Hasta el 6 de noviembre de 2026.", True),
        ("de", "Anmeldung bis zum 6. November.", True),
        ("ar", "التسجيل حتى ٦ نوفمبر ٢٠٢٦", True),
        ("fa", "ثبت‌نام تا ۱۵ آبان ۱۴۰۵", True),
        ("fa", "ثبت‌نام تا ۱۵ دی ۱۴۰۵", False),
        ("xx-unknown", "Register by 6 November.", False),
    ],
)
def test_a_term_that_is_over_is_a_warning(text: Any, language: str, words: str, over: bool) -> None:
    found = text(f"<p>{words}</p>", language=language, date=date(2026, 11, 20))
    assert ("date-past" in found) is over


def test_an_issue_dated_back_is_a_warning_until_it_is_public(findings: Any) -> None:
    assert "issue-date-past" not in findings()
    late = {"today": date(2026, 11, 23)}
    assert findings(late)["issue-date-past"].level == "warn"
    assert findings({**late, "is_new": False}) == {}
