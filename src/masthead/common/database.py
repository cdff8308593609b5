"""Telling a database that is out of reach or too busy from one that was asked something wrong."""

from __future__ import annotations

import psycopg

from masthead.common.causes import causes

#: SQLite's own names (sqlite.org/rescode.html), with what refines them: SQLITE_BUSY_SNAPSHOT, SQLITE_READONLY_DIRECTORY …
_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_PROTOCOL")
#: Classes of SQLSTATE (PostgreSQL, appendix A): connection, resources, shut down by its operator, the system below it.
_POSTGRESQL = ("08", "53", "57P", "58")


def is_away(error: BaseException) -> bool:
    """Whether `error`, or what caused it, says that the database cannot answer now and may later."""
    return any(_says_so(each) for each in causes(error))


def _says_so(error: BaseException) -> bool:
    if not isinstance(error, psycopg.Error):
        return bool(getattr(error, "sqlite_errorname", "").startswith(_SQLITE))
    # Without a code it never came to the server, or the connection broke.
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(_POSTGRESQL)
