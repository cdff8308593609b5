"""A new install on SQLite begins with the tables as the migrations leave them, in a second instead of half a minute.

`fresh.sql` is written from a database that was really migrated, by tests/house/test_fresh.py, which also finds out when the two
differ. Newer migrations are applied after it, as to any other install.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("fresh.sql")


def begin(database: Any) -> bool:
    """Make the tables, if `database` (a connection or cursor of sqlite3) has none yet; whether it had none."""
    if database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        return False
    # Whole or not at all: executescript knows no transaction of its own.
    database.executescript(f"BEGIN IMMEDIATE;\n{PATH.read_text()}\nCOMMIT;")
    return True


def written(database: Any) -> Iterator[str]:
    """The statements that make `database` anew, in an order that works: tables, rows, then indexes and triggers."""
    objects = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    virtual = [name for _type, name, sql in objects if sql.startswith("CREATE VIRTUAL TABLE")]
    # What a full-text table keeps its words in is made with it.
    tables = [
        (name, sql) for type_, name, sql in objects if type_ == "table" and not name.startswith((*_inside(virtual), "sqlite_"))
    ]
    for _name, sql in tables:
        yield f"{sql};"
    for name, _sql in tables:
        if name not in virtual:
            yield from _rows(database, name)
    for name, sequence in sorted(database.execute("SELECT name, seq FROM sqlite_sequence")):
        yield f"DELETE FROM sqlite_sequence WHERE name = {_literal(name)};"  # noqa: S608  names of our own tables
        yield f"INSERT INTO sqlite_sequence (name, seq) VALUES ({_literal(name)}, {sequence});"  # noqa: S608
    for type_, _name, sql in objects:
        if type_ in ("index", "trigger", "view"):
            yield f"{sql};"


def _inside(virtual: list[str]) -> tuple[str, ...]:
    return tuple(f"{name}_{part}" for name in virtual for part in ("data", "idx", "content", "docsize", "config"))


def _rows(database: Any, table: str) -> Iterator[str]:
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]  # without generated columns
    names = ", ".join(f'"{column}"' for column in columns)
    for row in database.execute(f'SELECT {names} FROM "{table}" ORDER BY 1'):  # noqa: S608
        yield f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(map(_literal, row))});'  # noqa: S608


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return "'" + str(value).replace("'", "''") + "'"
