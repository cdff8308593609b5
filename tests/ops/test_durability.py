"""A database that may forget what it confirmed is refused."""

from __future__ import annotations

import pytest
from django.db import connection

from masthead.ops.durability import weakness

pytestmark = pytest.mark.django_db


def test_the_database_of_an_install_forgets_nothing() -> None:
    assert weakness() == ""


@pytest.mark.postgresql
def test_a_postgresql_that_confirms_before_it_writes_is_named_with_the_way_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert "synchronous_commit switched off" in weakness()
    assert "Set synchronous_commit = on" in weakness()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_an_sqlite_that_does_not_wait_for_the_disk_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            assert "not FULL" in weakness()
        finally:
            cursor.execute("PRAGMA synchronous=FULL")
