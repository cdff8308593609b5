"""Telling a database that is away."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError
from psycopg.errors import AdminShutdown, ConnectionFailure, DeadlockDetected, TooManyConnections, UndefinedTable

from masthead.common.database import is_away
from tests.common.test_full_disk import sqlite_error


@pytest.mark.parametrize(
    ("cause", "away"),
    [
        (sqlite_error("SQLITE_BUSY"), True),
        (sqlite_error("SQLITE_BUSY_SNAPSHOT"), True),
        (sqlite_error("SQLITE_READONLY_DIRECTORY"), True),
        (sqlite_error("SQLITE_ERROR"), False),
        (sqlite_error("SQLITE_CONSTRAINT"), False),
        (psycopg.OperationalError("connection refused"), True),
        (ConnectionFailure(), True),
        (TooManyConnections(), True),
        (AdminShutdown(), True),
        (UndefinedTable(), False),
        (DeadlockDetected(), False),
        (ValueError(), False),
    ],
)
def test_a_database_that_is_away_is_told_by_what_caused_the_error(cause: Exception, away: bool) -> None:
    assert is_away(cause) is away
    wrapped = OperationalError("as Django wraps it")
    wrapped.__cause__ = cause
    assert is_away(wrapped) is away
