"""The drill is tested, too: a Masthead with a fault built in must not pass it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.install import ROOT, Install

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("fault", "noticed"),
    [
        ("unsynced", "unexplained"),
        ("dot_before_commit", "unexplained"),
        ("accepted_before_reply", "accepted_not_in_sink"),
        ("no_gate", "late_after_leaving"),
    ],
)
def test_a_fault_that_is_built_in_is_noticed(tmp_path: Path, fault: str, noticed: str) -> None:
    install = Install(tmp_path)
    program = f"env PYTHONPATH={ROOT / 'src'}:{ROOT} {sys.executable} -m tests.cli.planted {fault}"
    drill = (
        "drill",
        "crash",
        "--readers",
        "300",
        "--kills",
        "4",
        "--seed",
        "1971",
        "--faults",
        "dot=8",
        "--program",
        program,
        "--json",
    )
    done = subprocess.run(
        install.command(*drill), env=install.environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 1, done.stderr
    said = json.loads(done.stdout)
    shutil.rmtree(said["folder"])
    assert said[noticed] > 0, said
    assert said["broken"], said
