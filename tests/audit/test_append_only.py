"""The database refuses what no code should try."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from masthead.audit.models import Entry
from masthead.audit.recording import record
from tests.append_only import install

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_an_entry_can_be_neither_changed_nor_deleted() -> None:
    install("masthead.audit.migrations.0002_append_only", connection)
    record(action="tried", by="system", now=NOW)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Entry.objects.update(by="staff:1")
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Entry.objects.all().delete()
    assert Entry.objects.get().by == "system"
