"""Each package says what lives in it and what does not, and its `__init__` holds nothing else."""

import ast
from pathlib import Path

import pytest

from tests.house.layers import PACKAGES

CHARTERED = sorted(path for path in PACKAGES.rglob("__init__.py") if path.parent.name not in {"masthead", "migrations", "models"})


@pytest.mark.parametrize("path", CHARTERED, ids=lambda path: str(path.parent.relative_to(PACKAGES)))
def test_the_charter_is_all_there_is(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "a package says in its docstring what lives in it"
    assert len(tree.body) == 1, "a package's __init__ holds no code"


@pytest.mark.parametrize("path", sorted(PACKAGES.glob("*/__init__.py")), ids=lambda path: path.parent.name)
def test_a_room_says_what_is_not_here(path: Path) -> None:
    assert "Not here:" in (ast.get_docstring(ast.parse(path.read_text())) or "")


def test_modules_say_what_they_are() -> None:
    silent = [
        str(path.relative_to(PACKAGES))
        for path in PACKAGES.rglob("*.py")
        if "migrations" not in path.parts and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_modules_stay_readable() -> None:
    long = {
        str(path.relative_to(PACKAGES)): lines
        for path in PACKAGES.rglob("*.py")
        if "migrations" not in path.parts and (lines := path.read_text().count("\n")) > 400
    }
    assert long == {}
