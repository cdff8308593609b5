"""The database refuses to change what was said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from masthead.issues import freezing, numbering
from masthead.issues.models import Edition, Issue, TakenNumber
from tests.append_only import install

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(issue: Any, now: Any) -> Edition:
    install("masthead.issues.migrations.0002_append_only", connection)
    return freezing.freeze(issue=issue, by="system", now=now)


def test_an_edition_can_be_neither_changed_nor_deleted(edition: Edition) -> None:
    for forbidden in (
        lambda: Edition.objects.filter(pk=edition.pk).update(title="Another"),
        lambda: edition.save(),
        lambda: Edition.objects.filter(pk=edition.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="an edition"), transaction.atomic():
            forbidden()
    assert Edition.objects.get(pk=edition.pk).title == "The ferry is back"


def test_a_taken_number_cannot_be_moved_or_given_back(edition: Edition) -> None:
    for forbidden in (
        lambda: TakenNumber.objects.update(number=1972),
        lambda: TakenNumber.objects.all().delete(),
        lambda: Issue.objects.update(number=None),
        lambda: Issue.objects.update(number=1972),
    ):
        with pytest.raises(DatabaseError, match="number"), transaction.atomic():
            forbidden()


def test_a_withdrawal_is_written_on_the_number(edition: Edition, now: Any) -> None:
    numbering.withdraw(issue=edition.issue, reason="It named a child.", by="system", now=now + timedelta(days=1))
    assert TakenNumber.objects.get().reason == "It named a child."
