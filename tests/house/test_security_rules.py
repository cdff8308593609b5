"""Each security rule names the tests that hold it, and they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"^\| (S\d+) \| (.+?) \| (.+?) \|$", (ROOT / "docs/reference/security-rules.md").read_text(), re.MULTILINE)


def test_every_rule_has_a_row() -> None:
    assert [name for name, _, _ in ROWS] == [f"S{number}" for number in range(1, 33)]


def test_every_test_that_is_named_exists() -> None:
    missing = []
    for rule, _, held_by in ROWS:
        named = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", held_by)
        assert named or held_by.startswith(("not needed yet", "**not met yet:**")), rule
        for file, function in named:
            path = ROOT / file
            tree = ast.parse(path.read_text() if path.is_file() else "")
            known = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            if not known or (function and function not in known):
                missing.append(f"{rule}: {file}::{function}")
    assert missing == []
