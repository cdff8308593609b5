"""Migrations: none is missing, each stands on its own, and the whole row of them runs."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.house.layers import PACKAGES, ROOT

MIGRATIONS = sorted(path for path in PACKAGES.glob("**/migrations/0*.py"))


@pytest.mark.django_db
def test_none_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_migration_imports_no_code_of_the_packages(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    # A migration must do in three years what it does today; our modules will have changed by then.
    assert not [name for name in imported if name.split(".")[0] == "masthead"]


def test_a_new_database_can_be_made_and_made_again(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MASTHEAD_DATA": str(tmp_path), "MASTHEAD_DATABASE_URL": ""}
    for expected in ("ready", "up to date"):
        done = subprocess.run([sys.executable, "-m", "masthead", "init"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout
