"""What is said when an answer fails for a reason that is not the program's."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from psycopg.errors import UndefinedTable

from tests.common.test_full_disk import sqlite_error


@pytest.mark.parametrize("path", ["/", "/desk/sign-in/"])
@pytest.mark.parametrize(
    ("cause", "status", "words"),
    [
        (sqlite_error("SQLITE_FULL"), 503, "Its disk is full"),
        (sqlite_error("SQLITE_BUSY"), 503, "The database does not answer"),
        (psycopg.OperationalError("connection refused"), 503, "The database does not answer"),
        (UndefinedTable(), 500, "The fault is ours."),
    ],
)
def test_a_full_disk_and_a_database_that_is_away_are_told_as_such(
    path: str, cause: Exception, status: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_host: str) -> bool:
        raise OperationalError("as Django wraps it") from cause

    monkeypatch.setattr("masthead.web.middleware.is_known", fails)
    answer = Client(raise_request_exception=False).get(path)
    said = answer.content.decode()
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, "60" if status == 503 else None)
    assert words in said
    assert "Nothing you entered was changed." in said
    assert "tell us this reference: " in said
