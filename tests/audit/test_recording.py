"""The record of who did what."""

from datetime import UTC, datetime

import pytest

from masthead.audit.models import Entry
from masthead.audit.recording import first_broken, record

NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.django_db
def test_the_chain_holds_until_somebody_changes_an_entry(tampering: None) -> None:
    for number in range(3):
        record(action="tried", by="system", now=NOW, subject=f"thing {number}", details={"n": number, "word": "héron"})
    assert first_broken() is None
    second = Entry.objects.order_by("id")[1]
    Entry.objects.filter(pk=second.pk).update(by="staff:1")
    assert first_broken() == second


@pytest.mark.django_db
def test_a_removed_entry_breaks_the_chain(tampering: None) -> None:
    entries = [record(action="tried", by="system", now=NOW, subject=str(number)) for number in range(3)]
    Entry.objects.filter(pk=entries[1].pk).delete()
    assert first_broken() == entries[2]
