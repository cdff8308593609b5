"""The words that the archive's search reads."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.apps import apps

from masthead.issues.folding import fold
from masthead.issues.models import Edition, SearchedText

migration = importlib.import_module("masthead.issues.migrations.0011_searched_text")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÉCOLE", "ecole"),
        ("E\u0301cole", "école"),
        ("Straße", "STRASSE"),
        ("كتاب", "کتاب"),
        ("می\u200cرود", "میرود"),
        ("١٩٧٠", "1970"),
        ("۱۹۷۰", "1970"),
        ("ISPARTA", "ısparta"),
        ("İzmir", "izmir"),
        ("ΟΔΟΣ", "οδος"),
    ],
)
def test_what_counts_as_the_same_is_folded_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_what_differs_stays_different() -> None:
    assert len({fold(word) for word in ("ferry", "fairy", "کتاب", "کباب", "øre", "ore")}) == 6


def test_editions_from_before_are_folded_by_the_migration(publish: Any, db: None) -> None:
    publish(12, "Die große Fähre")
    written = dict(SearchedText.objects.values_list("edition_id", "folded"))
    assert "die grosse fahre" in written[Edition.objects.get().pk]
    SearchedText.objects.all().delete()
    migration.write(apps, None)
    assert dict(SearchedText.objects.values_list("edition_id", "folded")) == written
