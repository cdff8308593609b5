"""The tables that a new install begins with are those that the migrations leave.

After a new migration: `MASTHEAD_WRITE_FRESH=1 pytest tests/house/test_fresh.py` writes them anew.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from masthead.cli import fresh
from tests.servers.install import ROOT

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="only installs on SQLite begin so")
_NUMBERED = tuple(
    f"INSERTINTO{table}("
    for table in (
        "django_content_type",
        "auth_permission",
        "auth_group_permissions",
        "wagtailcore_grouppagepermission",
        "wagtailcore_groupcollectionpermission",
    )
)
_PERMISSION = "JOIN auth_permission p ON p.id = permission_id JOIN django_content_type t ON t.id = p.content_type_id"
_BY_NAME = (
    "SELECT app_label, model FROM django_content_type",
    "SELECT app_label, model, codename, p.name FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id",
    f"SELECT group_id, app_label, codename FROM auth_group_permissions {_PERMISSION}",
    f"SELECT group_id, page_id, app_label, codename FROM wagtailcore_grouppagepermission {_PERMISSION}",
    f"SELECT group_id, collection_id, app_label, codename FROM wagtailcore_groupcollectionpermission {_PERMISSION}",
)
_MIGRATE = """
from masthead.cli import starting
starting.start()
from masthead.cli import fresh, install
fresh.begin = lambda database: False
install.migrate(show=False)
"""
_MIGRATED = "2026-01-01 00:00:00"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The statements of a database that every migration ran through."""
    folder = tmp_path_factory.mktemp("migrated")
    environment = {
        **os.environ,
        "MASTHEAD_DATA": str(folder),
        "MASTHEAD_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "masthead.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    subprocess.run([sys.executable, "-c", _MIGRATE], env=environment, check=True)
    return statements(folder / "masthead.sqlite3")


def statements(path: Path) -> list[str]:
    """What makes the database at `path` anew, without what differs from one migration to the next."""
    with sqlite3.connect(path) as database:
        database.execute("UPDATE django_migrations SET applied = ?", [_MIGRATED])
        keys = "UPDATE wagtailcore_page SET translation_key = printf('%032x', id)"
        database.execute(keys)
        return list(fresh.written(database))


def test_it_begins_as_the_migrations_leave_it(migrated: list[str], tmp_path: Path) -> None:
    if os.environ.get("MASTHEAD_WRITE_FRESH"):
        fresh.PATH.write_text("\n".join(migrated) + "\n")
    with sqlite3.connect(tmp_path / "begun.sqlite3") as database:
        assert fresh.begin(database)
        assert not fresh.begin(database), "only where there is nothing"
    begun = statements(tmp_path / "begun.sqlite3")
    # How SQLite writes down what it altered depends on its version.
    assert _plain(begun) == _plain(migrated)
    with sqlite3.connect(":memory:") as other:
        other.executescript("\n".join(migrated))
        with sqlite3.connect(tmp_path / "begun.sqlite3") as database:
            for question in _BY_NAME:
                assert sorted(database.execute(question)) == sorted(other.execute(question))


def _plain(found: list[str]) -> list[str]:
    """The statements without blanks and quotes, and without rows of what Django numbers in the order of a set."""
    plain = [re.sub(r'[\s"]+', "", each) for each in found]
    return sorted(each for each in plain if not each.startswith(_NUMBERED))


def test_nothing_in_it_is_secret_or_the_same_where_installs_must_differ() -> None:
    rows = [line for line in fresh.PATH.read_text().splitlines() if line.startswith("INSERT INTO")]
    tables = {line.split('"')[1] for line in rows if '"' in line[:14]}
    assert not {name for name in tables if name.startswith(("team_", "mail_", "audience_", "bounces_", "delivery_", "tracking_"))}


def test_a_text_comes_back_as_it_was() -> None:
    with sqlite3.connect(":memory:") as database:
        database.executescript("CREATE TABLE t (a TEXT, b BLOB, c INTEGER PRIMARY KEY AUTOINCREMENT, d REAL, e);")
        database.execute("INSERT INTO t VALUES (?, ?, 7, 1.5, NULL)", ["it's; --\n", b"\x00'"])
        with sqlite3.connect(":memory:") as other:
            other.executescript("\n".join(fresh.written(database)))
            assert other.execute("SELECT * FROM t").fetchall() == database.execute("SELECT * FROM t").fetchall()
            assert other.execute("SELECT seq FROM sqlite_sequence").fetchall() == [(7,)]
