"""The drill is tested, too: a Masthead with a fault built in must not pass it."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.install import ROOT, Install
from tests.servers.processes import until

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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_drill_that_is_ended_from_outside_leaves_no_process_behind(tmp_path: Path, number: int) -> None:
    install = Install(tmp_path)
    environment = {**install.environment, "TMPDIR": str(tmp_path)}
    command = install.command("drill", "crash", "--readers", "600", "--kills", "30", "--json")
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as drill:
        until(lambda: drill.poll() is not None or _was_sent(tmp_path), seconds=90, what="a mail has left")
        left = _descendants(drill.pid)
        assert len(left) >= 2, "the relay and a Masthead"
        drill.send_signal(number)
        assert drill.wait(60) != 0
    until(lambda: not any(_runs(pid) for pid in left), seconds=30, what="the relay and each Masthead have ended")
    if number == signal.SIGTERM:
        assert not list(tmp_path.glob("masthead-drill-*"))


def _was_sent(folder: Path) -> bool:
    return any(log.stat().st_size for log in folder.glob("*/sink.log"))


def _descendants(pid: int) -> list[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    children = [child for child, parent in parents.items() if parent == pid]
    return [each for child in children for each in (child, *_descendants(child))]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
