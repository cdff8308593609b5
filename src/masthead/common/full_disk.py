"""Telling a full disk from other troubles of a database or a file."""

from __future__ import annotations

import errno

_NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_POSTGRESQL_DISK_FULL = "53100"
#: SQLite calls a write that a quota or a limit on file sizes refused an I/O error; a failed sync has another name.
_SQLITE = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE"})


def is_full_disk(error: BaseException) -> bool:
    """Whether `error`, or what caused it, says that there is no space to write in: the disk, a quota, a limit on file sizes."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _NUMBERS:
            return True
        if getattr(seen, "sqlite_errorname", "") in _SQLITE or getattr(seen, "sqlstate", "") == _POSTGRESQL_DISK_FULL:
            return True
        seen = seen.__cause__
    return False
