"""`masthead bench send`: figures that are of mails really handed over, and nothing left behind."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

import masthead as masthead_package
from masthead.cli.main import masthead
from tests.servers.processes import running, until

SINK = Path(masthead_package.__file__).parent / "mail" / "sink.py"
KEYS = ["messages", "seconds", "rate", "cpu_seconds", "peak_rss_mb", "prepare_seconds", "database"]


def test_it_sends_and_prints_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    log = tmp_path / "sink.log"
    with running([sys.executable, str(SINK), str(log)], log=tmp_path / "port"):
        until(lambda: (tmp_path / "port").read_text().strip().isdigit(), seconds=30, what="the sink's port")
        port = (tmp_path / "port").read_text().strip()
        command = ["bench", "send", "--readers", "30", "--connections", "4", "--smtp", f"127.0.0.1:{port}", "--json"]
        result = CliRunner().invoke(masthead, command)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout.splitlines()[-1])
    assert list(found) == KEYS
    assert found["messages"] == 30
    assert found["database"] == "sqlite"
    taken = [json.loads(line) for line in log.read_text().splitlines()]
    assert len({each["to"] for each in taken if each["taken"]}) == 30
    assert not list(tmp_path.glob("masthead-bench-*"))


@pytest.mark.parametrize("smtp", ["127.0.0.1", "127.0.0.1:", ":25", "host:port", "[::1"])
def test_an_address_that_is_none_is_named(smtp: str) -> None:
    result = CliRunner().invoke(masthead, ["bench", "send", "--smtp", smtp, "--json"])
    assert result.exit_code == 1
    assert "HOST:PORT" in result.output
