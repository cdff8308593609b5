"""S32: the program needs its code for reading only."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.servers.install import ROOT, Install

pytestmark = pytest.mark.journey

#: What follows is run where the code cannot be written, not even by root. Nobody else on this machine sees that.
READ_ONLY = "mount --bind {code} {code} && mount -o remount,bind,ro {code} && ! touch {code}/written 2>/dev/null"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a folder read-only for itself")
def test_an_install_is_made_and_an_issue_sent_by_code_that_cannot_be_written(tmp_path: Path) -> None:
    install = Install(tmp_path)
    (tmp_path / "readers.csv").write_text("email\nada@example.org\nbo@example.org\n")
    (tmp_path / "issue.md").write_text("The ferry runs again.\n")
    steps = [
        ["init"],
        ["publication", "create", "--name", "The Courier", "--from", "courier@example.org", "--next-number", "1971"],
        ["import", str(tmp_path / "readers.csv"), "--list", "The Courier"],
        ["issue", "create", str(tmp_path / "issue.md"), "--title", "The ferry"],
        ["send", "1971", "--list", "The Courier", "--wait"],
    ]
    script = " && ".join([READ_ONLY.format(code=ROOT / "src"), *(shlex.join(install.command(*step)) for step in steps)])
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        env=install.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "unshare: " in done.stderr or "mount: " in done.stderr:
        pytest.skip(f"this machine mounts nothing for us: {done.stderr}")
    assert done.returncode == 0, done.stderr
    assert "2 readers: 2 accepted." in done.stdout
