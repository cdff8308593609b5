"""The throw-away install of a measurement: a folder, on demand a database, and a process of its own for each step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from masthead.cli import scratch
from masthead.cli.starting import CommandError


def measure(*, readers: int, connections: int, smtp: str, kilobytes: int, database: str, show: bool) -> dict[str, object]:
    """Make an install, send its issue by `smtp` ("host:port"), remove it. The keys are those of the command.

    Raises CommandError for an address that is none, a database that cannot be made, and when not everybody was sent to.
    """
    host, port = _host_and_port(smtp)
    with tempfile.TemporaryDirectory(prefix="masthead-bench-") as folder, scratch.database(database, purpose="bench") as url:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MASTHEAD_")}
        environment |= {
            "MASTHEAD_DATA": folder,
            "MASTHEAD_DATABASE_URL": url,
            "MASTHEAD_SMTP_URL": f"smtp://{host}:{port}",
            "MASTHEAD_SMTP_CONNECTIONS": str(connections),
            "MASTHEAD_LOG_LEVEL": "WARNING",
        }
        prepared = _run("making", environment, readers, kilobytes, int(show))
        sent = _run("sending", environment, prepared["campaign"], int(show))
        return {
            "messages": sent["messages"],
            "seconds": sent["seconds"],
            "rate": sent["rate"],
            "cpu_seconds": sent["cpu_seconds"],
            "peak_rss_mb": sent["peak_rss_mb"],
            "prepare_seconds": prepared["prepare_seconds"],
            "database": "postgresql" if url else "sqlite",
        }


def _host_and_port(smtp: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{smtp}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port:
        raise CommandError(f"--smtp: {smtp!r} is not HOST:PORT, such as 127.0.0.1:2525.")
    return (f"[{host}]" if ":" in host else host), port


def _run(step: str, environment: dict[str, str], *arguments: object) -> dict[str, float]:
    """Run one step in a process of its own; its last line is JSON."""
    command = [sys.executable, "-m", f"masthead.cli.benching.{step}", *map(str, arguments)]
    source = str(Path(__file__).resolve().parents[3])
    done = subprocess.run(  # noqa: S603  our own program
        command, env=environment | {"PYTHONPATH": source}, stdout=subprocess.PIPE, text=True, check=False
    )
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        raise CommandError("The measurement was broken off; the lines above say why.")
    found: dict[str, float] = json.loads(lines[-1])
    return found
