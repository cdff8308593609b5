"""The triggers of a migration, for test runs that make their tables without migrations."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any


def install(migration: str, connection: Any) -> None:
    """Install the triggers of `migration` unless they are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [_like(migration)])
        else:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE %s", [_like(migration)])
        if cursor.fetchone()[0]:
            return
        import_module(migration).install(None, SimpleNamespace(connection=connection, execute=cursor.execute))


def _like(migration: str) -> str:
    return f"append_only_{migration.split('.')[1]}_%"
