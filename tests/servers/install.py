"""A Masthead of the tests' own: its data folder, its commands, its server."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.processes import answers, free_port, running, until

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Install:
    """`settings` are environment variables without their prefix: {"SMTP_URL": …}."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see: nothing of the settings of the one who tests."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("MASTHEAD_", "DJANGO_"))}
        own = {"MASTHEAD_" + key: value for key, value in {"DATA": str(self.folder / "data"), **self.settings}.items()}
        return {**kept, "PYTHONPATH": str(ROOT / "src"), **own}

    def command(self, *arguments: str) -> list[str]:
        """The command line of `masthead …`."""
        return [sys.executable, "-m", "masthead", *arguments]

    def run(self, *arguments: str, status: int = 0, seconds: float = 120) -> str:
        """Run a command, which must end with `status`; answer what it wrote: standard output, or the error if it failed."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=seconds, check=False
        )
        said = f"{done.stdout}\n{done.stderr}"
        assert done.returncode == status, f"masthead {' '.join(arguments)} ended with {done.returncode}:\n{said}"
        assert "Traceback" not in said, said
        return done.stdout if status == 0 else done.stderr

    def json(self, *arguments: str, status: int = 0) -> dict[str, Any]:
        """Run a command with --json; answer what it wrote."""
        found: dict[str, Any] = json.loads(self.run(*arguments, "--json", status=status))
        return found

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """`masthead serve` on a free port: yields its address without a slash at its end."""
        port = int(self.settings.get("PORT") or free_port())
        command = self.command("serve", "--port", str(port))
        with running(command, log=self.folder / "serve.log", environment=self.environment) as process:
            until(lambda: answers(port) or process.poll() is not None, seconds=90, what="masthead serve answers")
            until(lambda: status_of(f"http://127.0.0.1:{port}/") or process.poll() is not None, seconds=60, what="a page")
            assert process.poll() is None, (self.folder / "serve.log").read_text()
            yield f"http://127.0.0.1:{port}"
        assert process.returncode == 0, (self.folder / "serve.log").read_text()


def status_of(url: str) -> int:
    """The HTTP status of a page, or 0 when nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
