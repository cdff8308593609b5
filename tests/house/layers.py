"""The packages from bottom to top, read from the contract in pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "src" / "masthead"


def ranks() -> dict[str, int]:
    """Package → step; siblings share one."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    return {name.strip(): step for step, line in enumerate(reversed(layers)) for name in line.split("|")}
