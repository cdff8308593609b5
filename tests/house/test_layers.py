"""A package imports only from those below it, and no package stands outside."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.layers import PACKAGES, ROOT, ranks

LINTER = str(Path(sys.executable).with_name("lint-imports"))


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    return subprocess.run(
        [LINTER, "--config", str(folder / "pyproject.toml"), "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def copy(folder: Path) -> Path:
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("static", "templates", "locale", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder / "src" / "masthead"


def test_imports_point_down() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


def test_an_unlisted_package_fails(tmp_path: Path) -> None:
    package = copy(tmp_path) / "attic"
    package.mkdir()
    (package / "__init__.py").write_text('"""What nobody has placed."""\n')
    result = lint(tmp_path)
    assert result.returncode != 0
    assert "attic" in result.stdout


def test_an_import_upwards_fails(tmp_path: Path) -> None:
    (copy(tmp_path) / "mail" / "curious.py").write_text(
        "from masthead.audience.models import Subscriber\n\n__all__ = ['Subscriber']\n"
    )
    result = lint(tmp_path)
    assert result.returncode != 0
    assert "masthead.mail.curious" in result.stdout


def test_every_listed_package_exists() -> None:
    assert set(ranks()) == {path.parent.name for path in PACKAGES.glob("*/__init__.py")}
