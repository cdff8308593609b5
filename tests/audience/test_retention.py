"""Readers read how long each kind is kept, and it is what housekeeping goes by."""

from __future__ import annotations

from typing import Any

import pytest

from masthead.audience import exporting, retention

pytestmark = pytest.mark.django_db


def test_every_kind_in_the_file_says_how_long_it_is_kept(reader: Any, settings: Any) -> None:
    settings.UNCONFIRMED_DAYS, settings.TRACKING_DAYS = 9, 30
    kept: Any = exporting.reader_data(subscriber=reader)["kept_for"]
    assert kept == {
        "profile": "until erased",
        "consent": "until erased",
        "unconfirmed": "9 days",
        "links": "90 days",
        "letters": "14 days",
        "files": "30 days",
        "mails": "until erased",
        "came_back": "until erased",
        "replies": "90 days",
        "tracking": "30 days",
        "fingerprint_after_erasure": "for good",
    }
    assert exporting.ALSO_HELD.keys() <= kept.keys()


def test_days_are_counted_in_words(settings: Any) -> None:
    assert retention.Kept("x", 1).how_long == "1 day"
    assert retention.Kept("x", 30).how_long == "30 days"
    assert retention.Kept("x").how_long == "until you erase it, or ask us to"
