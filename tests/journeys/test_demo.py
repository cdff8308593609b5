"""What a newcomer types first."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.servers.install import ROOT, Install, status_of
from tests.servers.processes import free_port, running, until

pytestmark = pytest.mark.journey


def test_the_demonstration_counts_itself_and_then_serves(tmp_path: Path) -> None:
    install = Install(tmp_path, {"PORT": str(free_port())})
    # A relay of the one who tries it out must not be touched.
    environment = {**install.environment, "MASTHEAD_SMTP_URL": "smtp://relay.invalid:25"}
    command = [str(ROOT / "bin" / "demo"), "--once"]
    for run in ("first", "second"):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        counts = json.loads(done.stdout.splitlines()[-1])
        assert (counts["issue"], counts["readers"], counts["accepted"], counts["inbox"]) == (1971, 200, 200, 200), run
        assert counts["url"].endswith("/issues/1971/")
    with running([str(ROOT / "bin" / "demo")], log=tmp_path / "demo.log", environment=environment) as process:
        base = f"http://127.0.0.1:{install.settings['PORT']}"
        until(
            lambda: status_of(f"{base}/issues/1971/") == 200 or process.poll() is not None, seconds=120, what="the issue's page"
        )
        log = (tmp_path / "demo.log").read_text()
        for number in (1969, 1970, 1971):
            assert status_of(f"{base}/issues/{number}/") == 200
        link = re.search(r"http://\S+/desk/\S+", log)
        assert link and status_of(link.group()) == 200
    assert process.returncode == 0, (tmp_path / "demo.log").read_text()


def test_the_start_says_what_stands_in_the_way(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    environment = {**os.environ, "MASTHEAD_DATA": str(blocked)}
    done = subprocess.run([str(ROOT / "bin" / "demo"), "--once"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "MASTHEAD_DATA" in done.stderr
    assert "Traceback" not in done.stderr
