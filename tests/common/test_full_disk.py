"""Telling a full disk."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, DiskFull

from masthead.common.full_disk import is_full_disk


def sqlite_error(name: str) -> sqlite3.OperationalError:
    made = sqlite3.OperationalError("told by its name alone")
    made.sqlite_errorname = name
    return made


@pytest.mark.parametrize(
    ("cause", "full"),
    [
        (sqlite_error("SQLITE_FULL"), True),
        (sqlite_error("SQLITE_IOERR_WRITE"), True),
        (sqlite_error("SQLITE_IOERR_FSYNC"), False),
        (sqlite_error("SQLITE_READONLY"), False),
        (DiskFull(), True),
        (DeadlockDetected(), False),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (OSError(errno.EIO, "Input/output error"), False),
    ],
)
def test_a_full_disk_is_told_by_what_caused_the_error(cause: Exception, full: bool) -> None:
    assert is_full_disk(cause) is full
    wrapped = OperationalError("as Django wraps it")
    wrapped.__cause__ = cause
    assert is_full_disk(wrapped) is full
