"""What the ledger may rely on: that a commit the database has confirmed is still there after a power cut."""

from __future__ import annotations

from django.db import connection

#: PRAGMA synchronous of SQLite: FULL and EXTRA write to the disk before a commit is confirmed.
_FULL = 2


def weakness() -> str:
    """What makes the database's commits unsafe, and the way out, in a sentence; "" when nothing does.

    The settings are those of PostgreSQL's manual, "Write Ahead Log" (fsync, full_page_writes, synchronous_commit), and of
    SQLite's PRAGMA synchronous.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            return "" if cursor.fetchone()[0] >= _FULL else "SQLite's synchronous is not FULL: a power cut would lose commits."
        cursor.execute(
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'"
            " ORDER BY name"
        )
        off = [name for (name,) in cursor.fetchall()]
    if not off:
        return ""
    return (
        f"PostgreSQL has {' and '.join(off)} switched off: after a power cut nobody could say who was reached."
        f" Set {', '.join(f'{name} = on' for name in off)} in postgresql.conf, reload it and start again."
    )
