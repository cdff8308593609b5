"""Telling a full disk from other troubles of a database or a file."""

from __future__ import annotations

import errno

from masthead.common.causes import causes

_NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_POSTGRESQL_DISK_FULL = "53100"
#: SQLite calls a write that a quota or a limit on file sizes refused an I/O error; a failed sync has another name.
_SQLITE = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE"})


def is_full_disk(error: BaseException) -> bool:
    """Whether `error`, or what caused it, says that there is no space to write in: the disk, a quota, a limit on file sizes."""
    return any(_says_so(each) for each in causes(error))


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return True
    return getattr(error, "sqlite_errorname", "") in _SQLITE or getattr(error, "sqlstate", "") == _POSTGRESQL_DISK_FULL
